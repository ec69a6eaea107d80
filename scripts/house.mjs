/** The packages as they lie in the working tree: names, folders, floors. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floors } from './floors.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

export const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Every package of the floors table in floor order, with its folder and its package.json. */
export const packages = floors.map(({ floor, package: folder }) => {
  const path = join(root, 'packages', folder);
  const manifest = readJson(join(path, 'package.json'));
  return { folder, floor, path, manifest, name: manifest.name };
});

/** Source entries of a package by the name of their bundle: { index: '<path>/src/index.ts' }. */
export function entriesOf({ path, manifest }) {
  const entries = {};
  for (const target of Object.values(manifest.exports)) {
    if (typeof target === 'string') continue;
    const name = /^\.\/dist\/(.+)\.js$/.exec(target.default)[1];
    entries[name] = join(path, 'src', `${name}.ts`);
  }
  return entries;
}
