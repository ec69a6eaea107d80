/**
 * `npm run smoke`: the packages as a user gets them. Packs every package, installs the tarballs
 * into an empty folder, and there imports, requires, type-checks and jests the files of
 * `scripts/smoke/`; publint and attw look at each tarball.
 *
 * Consumers in `scripts/smoke/`: every `*.mjs` and `*.cjs` is run, every `*.ts` is type-checked,
 * `jest/` is the recipe of the README, word for word.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildSync } from 'esbuild';
import { build } from './build.mjs';
import { readJson, root } from './house.mjs';
import { pack } from './pack.mjs';

const consumers = join(root, 'scripts', 'smoke');
const tool = (name, file) => join(root, 'node_modules', name, file);

class Failure extends Error {}

function run(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (error) throw new Failure(error.message);
  if (status !== 0) throw new Failure(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

const node = (args, cwd) => run(process.execPath, args, cwd);

function step(what, work) {
  const started = process.hrtime.bigint();
  work();
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  console.log(`smoke: ${what} (${seconds.toFixed(1)} s)`);
}

function install(folder, tarballs) {
  const dependencies = Object.fromEntries(
    [...tarballs].map(([name, file]) => [name, `file:${file}`]),
  );
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
  run('npm', ['install', '--offline', '--no-audit', '--no-fund', '--no-package-lock'], folder);
  for (const name of tarballs.keys()) {
    const { version } = readJson(join(folder, 'node_modules', name, 'package.json'));
    console.log(`       ${name} ${version}`);
  }
}

/** Tools a user would have installed himself; ours serve, so that nothing is downloaded. */
function lend(folder, names) {
  for (const name of names) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link, 'dir');
  }
}

function checkTypes(folder, compilerOptions) {
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  const tsconfig = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      lib: ['ES2023'],
      types: ['node'],
      // The declarations that are shipped are checked too.
      skipLibCheck: false,
      ...compilerOptions,
    },
    files,
  };
  const file = join(folder, `tsconfig.${compilerOptions.moduleResolution}.json`);
  writeFileSync(file, JSON.stringify(tsconfig));
  node([tool('typescript', 'bin/tsc'), '-p', file], folder);
}

function jestRecipe(folder) {
  const recipe = join(folder, 'recipe');
  cpSync(join(consumers, 'jest'), recipe, { recursive: true });
  writeFileSync(join(recipe, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  const tsconfig = {
    compilerOptions: { module: 'nodenext', target: 'ES2022', isolatedModules: true },
  };
  writeFileSync(join(recipe, 'tsconfig.json'), JSON.stringify(tsconfig));
  const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
  node(['--experimental-vm-modules', jest, '--rootDir', recipe], recipe);
}

function readmeHasRecipe() {
  const page = join(root, 'README.md');
  const readme = existsSync(page) ? readFileSync(page, 'utf8') : '';
  for (const file of readdirSync(join(consumers, 'jest'))) {
    const text = readFileSync(join(consumers, 'jest', file), 'utf8').trim();
    if (!readme.includes(text)) {
      throw new Failure(`README.md does not show scripts/smoke/jest/${file} word for word`);
    }
  }
}

function bundled(folder, contents, options) {
  const { outputFiles } = buildSync({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    ...options,
  });
  return outputFiles[0].text;
}

/** What a program does not use: none of it may be held by what happens when a package is imported. */
function bundleLeavesOut(folder, [name, used, unused]) {
  const text = bundled(folder, `export { ${used} } from '${name}';`);
  if (new RegExp(`^(?:class|var) ${unused}\\b`, 'm').test(text)) {
    throw new Failure(`A bundle with ${used} of ${name} has ${unused} as well`);
  }
}

/** Things are called by the name of their class: also where names were made short. */
function bundleKeepsNames(folder) {
  const program = `import { Lock } from '@asyncio-ts/sync'; console.log(new Lock());`;
  writeFileSync(join(folder, 'small.mjs'), bundled(folder, program, { minify: true }));
  const printed = node(['small.mjs'], folder).trim();
  if (printed !== '<Lock [unlocked]>') throw new Failure(`A minified bundle shows ${printed}`);
}

const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-smoke-'));
try {
  await build({ quiet: true });
  const tarballsFolder = join(folder, 'tarballs');
  const consumer = join(folder, 'consumer');
  mkdirSync(tarballsFolder);
  cpSync(consumers, consumer, { recursive: true, filter: (file) => basename(file) !== 'jest' });

  let tarballs;
  step('npm pack', () => (tarballs = pack(tarballsFolder)));
  step('installed into an empty folder, offline', () => install(consumer, tarballs));
  const programs = readdirSync(consumer).filter((file) => /\.[mc]js$/.test(file));
  for (const file of programs) step(`node ${file}`, () => node([file], consumer));
  lend(consumer, ['@types/node', 'undici-types', '@jest/globals', 'jest', 'ts-jest', 'typescript']);
  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    const options = { module, moduleResolution };
    step(`types under ${moduleResolution}`, () => checkTypes(consumer, options));
  }
  const leftOut = [
    ['@asyncio-ts/loop', 'BaseEventLoop', 'ContextVar'],
    ['@asyncio-ts/futures', 'CancelledError', 'Task'],
    ['@asyncio-ts/tasks', 'TaskGroup', 'AsCompleted'],
    ['@asyncio-ts/sync', 'Lock', 'Barrier'],
    ['@asyncio-ts/transports', 'OSError', 'Server'],
    ['@asyncio-ts/streams', 'IncompleteReadError', 'StreamReader'],
    ['asyncio-ts', 'run', 'StreamWriter'],
  ];
  step('a bundle leaves out what is not used', () => {
    for (const example of leftOut) bundleLeavesOut(consumer, example);
  });
  step('a minified bundle keeps the names of classes', () => bundleKeepsNames(consumer));
  step('the jest recipe', () => jestRecipe(consumer));
  step('the README shows that recipe', readmeHasRecipe);
  for (const [name, tarball] of tarballs) {
    step(`publint ${name}`, () =>
      node([tool('publint', 'src/cli.js'), '--strict', tarball], folder),
    );
    step(`attw ${name}`, () =>
      node(
        [tool('@arethetypeswrong/cli', 'dist/index.js'), tarball, '--profile', 'esm-only'],
        folder,
      ),
    );
  }
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`smoke: FAILED: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
