import * as module from 'node:module';
import * as hooks from './typescript.mjs';

/** Hooks TypeScript into this process's module loader; `from` says where the packages of the house are read. */
export function install(from) {
  if (module.registerHooks) {
    hooks.initialize({ from });
    module.registerHooks({ resolve: hooks.resolve, load: hooks.load });
  } else {
    module.register('./typescript.mjs', { parentURL: import.meta.url, data: { from } });
  }
}
