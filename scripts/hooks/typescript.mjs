/**
 * Module hooks: types are removed on the way in, nothing is bundled, so `import.meta.url` and
 * stack traces name the real file. The same two functions serve Node's synchronous hooks and,
 * where those are missing (Node 20), its loader thread.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { entriesOf, packages } from '../house.mjs';

/** The packages' own specifiers and the source each means; empty when the built ones are wanted. */
const sources = new Map();

export function initialize({ from }) {
  if (from !== 'src') return;
  for (const { name, path, manifest } of packages) {
    for (const [entry, file] of Object.entries(entriesOf({ path, manifest }))) {
      sources.set(entry === 'index' ? name : `${name}/${entry}`, `file://${file}`);
    }
  }
}

export function resolve(specifier, context, next) {
  const source = sources.get(specifier);
  if (source !== undefined) return { url: source, format: 'module', shortCircuit: true };
  // TypeScript asks for the file that would be there (`./handle.js`); what is there is `./handle.ts`.
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const url = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(url)) return { url: url.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!/^file:.*\.ts(\?.*)?$/.test(url)) return next(url, context);
  const file = fileURLToPath(url);
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    loader: 'ts',
    format: 'esm',
    target: 'es2022',
    sourcefile: file,
    sourcemap: 'inline',
    sourcesContent: false,
    tsconfigRaw: {
      compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: false },
    },
  });
  return { format: 'module', source: code, shortCircuit: true };
}
