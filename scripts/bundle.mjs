/** One package, two bundles: what runs, and its types. */
import { basename, dirname, join, resolve } from 'node:path';
import typescript from '@rollup/plugin-typescript';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { droppableClasses } from './droppable-classes.mjs';
import { entriesOf } from './house.mjs';

const isExternal = (id) => id.startsWith('node:') || /^(@asyncio-ts\/|asyncio-ts(\/|$))/.test(id);

/**
 * A warning (a type error, a cycle, an import not found) fails the build, but not before the bundler
 * came to its end: thrown into the TypeScript plugin, it would leave a compiler open and Node alive.
 */
async function bundleWithoutWarnings(options, write) {
  const warnings = [];
  const onLog = (level, { code, message, frame }) => {
    // A package may consist of types, or be empty as yet.
    if (level === 'warn' && code !== 'EMPTY_BUNDLE')
      warnings.push(frame ? `${message}\n${frame}` : message);
  };
  const made = await rollup({ ...options, external: isExternal, onLog });
  const written = warnings.length > 0 ? undefined : await made.write({ format: 'es', ...write });
  await made.close();
  if (written === undefined) throw new Error(warnings.join('\n\n'));
  return written.output[0].moduleIds;
}

/** Packages below are met as their users meet them: built, through `exports`. */
const compilerOptions = {
  paths: {},
  composite: false,
  tsBuildInfoFile: undefined,
  declaration: false,
  declarationMap: false,
  emitDeclarationOnly: false,
};

/**
 * A second entry (`asyncio-ts/py`) finds what the first holds where the user does: in `index.js`.
 * Nothing is bundled twice, so there is one copy of each class.
 */
const throughTheFrontDoor = (index) => ({
  name: 'through-the-front-door',
  resolveId(source, importer) {
    if (importer === undefined || !source.startsWith('.')) return null;
    const file = resolve(dirname(importer), source.replace(/\.js$/, '.ts'));
    // An entry that imports itself does so as it is built, too: `import asyncio from` gives its own namespace.
    const itself = file === importer && basename(source);
    if (file !== index && !itself) return null;
    return { id: itself ? `./${itself}` : './index.js', external: true };
  },
});

/** Of two spellings that say the same, TypeScript takes only one for a module that gives its own namespace. */
const ownNamespace = (entry) => ({
  name: 'own-namespace',
  renderChunk(code) {
    const name = new RegExp(`import \\* as (\\w+) from './${entry}\\.js';\n`).exec(code)?.[1];
    if (name === undefined) return null;
    const spelled = code
      .replace(`import * as ${name} from './${entry}.js';\n`, '')
      .replace(`export { ${name} as default };`, `export * as default from './${entry}.js';`);
    return { code: spelled, map: null };
  },
});

/** Bundles one package; two entries that hold the same file fail. */
export async function bundle(pkg) {
  const dir = join(pkg.path, 'dist');
  const tsconfig = join(pkg.path, 'tsconfig.json');
  const { index, ...others } = entriesOf(pkg);
  const holder = new Map();
  for (const [entry, file] of [['index', index], ...Object.entries(others)]) {
    const door = entry === 'index' ? [] : [throughTheFrontDoor(index)];
    const modules = await bundleWithoutWarnings(
      {
        input: file,
        plugins: [
          ...door,
          typescript({
            tsconfig,
            transformers: { after: [droppableClasses] },
            compilerOptions: {
              ...compilerOptions,
              // The plugin has defaults of its own for these two.
              module: 'nodenext',
              moduleResolution: 'nodenext',
              outDir: dir,
              sourceMap: true,
            },
          }),
        ],
      },
      { file: join(dir, `${entry}.js`), sourcemap: true },
    );
    await bundleWithoutWarnings(
      { input: file, plugins: [...door, dts({ tsconfig, compilerOptions }), ownNamespace(entry)] },
      { file: join(dir, `${entry}.d.ts`) },
    );
    for (const module of modules) {
      if (holder.has(module)) {
        throw new Error(`${module} would be in ${holder.get(module)}.js and in ${entry}.js`);
      }
      holder.set(module, entry);
    }
  }
}
