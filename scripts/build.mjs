/**
 * `npm run build [-- --force] [-- loop futures]`: each package becomes `dist/<entry>.js` (ES module,
 * source map) and one bundled `dist/<entry>.d.ts`. Only what changed is built, lower floors first.
 *
 * A package has changed when its sources, its manifest, the build itself, its tools or the *types*
 * of a package below it have changed; what runs in a package below is never copied into it.
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packages, readJson, root } from './house.mjs';

const tools = ['typescript', 'rollup', '@rollup/plugin-typescript', 'rollup-plugin-dts'];
const settings = [
  'tsconfig.base.json',
  'scripts/build.mjs',
  'scripts/bundle.mjs',
  'scripts/droppable-classes.mjs',
];
const stamps = join(root, '.cache', 'build');

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** Packages below that this one names, nearest last, each once, with what they name themselves. */
function below(pkg, seen = new Map()) {
  for (const name of Object.keys(pkg.manifest.dependencies ?? {})) {
    const dependency = packages.find((other) => other.name === name);
    if (dependency === undefined || seen.has(name)) continue;
    below(dependency, seen);
    seen.set(name, dependency);
  }
  return [...seen.values()];
}

const toolVersions = () =>
  tools.map((tool) => readJson(join(root, 'node_modules', tool, 'package.json')).version).join(' ');

function fingerprint(pkg) {
  const hash = createHash('sha256').update(toolVersions());
  const inputs = [
    ...settings.map((file) => join(root, file)),
    join(pkg.path, 'package.json'),
    join(pkg.path, 'tsconfig.json'),
    ...filesUnder(join(pkg.path, 'src')),
    ...below(pkg).flatMap(({ path }) =>
      filesUnder(join(path, 'dist')).filter((file) => file.endsWith('.d.ts')),
    ),
  ];
  for (const file of inputs) {
    hash.update(`\0${relative(root, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function isUpToDate(pkg, print) {
  const stamp = join(stamps, `${pkg.folder}.json`);
  if (!existsSync(stamp)) return false;
  const { fingerprint: built, outputs } = readJson(stamp);
  return built === print && outputs.every((file) => existsSync(join(pkg.path, file)));
}

async function buildPackage(pkg, print) {
  const stamp = join(stamps, `${pkg.folder}.json`);
  rmSync(stamp, { force: true });
  rmSync(join(pkg.path, 'dist'), { recursive: true, force: true });
  // Bundler and compiler take a second to load: not when there is nothing to do.
  const { bundle } = await import('./bundle.mjs');
  await bundle(pkg).catch((error) => {
    throw new Error(`${pkg.folder}: ${error.message}${error.frame ? `\n${error.frame}` : ''}`);
  });
  // npm packs the licence it finds beside the manifest.
  copyFileSync(join(root, 'LICENSE'), join(pkg.path, 'LICENSE'));
  const outputs = filesUnder(join(pkg.path, 'dist')).map((file) => relative(pkg.path, file));
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, JSON.stringify({ fingerprint: print, outputs }));
}

/**
 * Builds what changed and says so, one line a package.
 * With `quiet`, a package that is up to date says nothing.
 */
export async function build({ only = [], force = false, quiet = false, log = console.log } = {}) {
  const unknown = only.filter((name) => !packages.some(({ folder }) => folder === name));
  if (unknown.length > 0) throw new Error(`Cannot build ${unknown.join(', ')}: no such package`);
  const wanted = new Set(
    packages
      .filter(({ folder }) => only.length === 0 || only.includes(folder))
      .flatMap((pkg) => [...below(pkg), pkg].map(({ folder }) => folder)),
  );
  // A private package is read from its sources: nobody installs it.
  const published = packages.filter(({ manifest }) => !manifest.private);
  for (const pkg of published.filter(({ folder }) => wanted.has(folder))) {
    const started = process.hrtime.bigint();
    const print = fingerprint(pkg);
    if (!force && isUpToDate(pkg, print)) {
      if (!quiet) log(`${pkg.folder}: up to date`);
      continue;
    }
    await buildPackage(pkg, print);
    const seconds = Number(process.hrtime.bigint() - started) / 1e9;
    log(`${pkg.folder}: built in ${seconds.toFixed(1)} s`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  try {
    await build({
      only: words.filter((word) => !word.startsWith('--')),
      force: words.includes('--force'),
      quiet: words.includes('--quiet'),
    });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
