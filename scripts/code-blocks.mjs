/**
 * `npm run docs [-- --built] [-- --json] [-- files]`: the code blocks of the pages do what they say.
 *
 * - ```ts and ```js blocks of the READMEs and of the pages in docs are modules of their own.
 *   TypeScript is type-checked (one program for all), then every block is run; it must exit 0.
 * - ```ts no-run (reason) is checked and not run.
 * - What a block prints is compared with its `// prints: ...` comments in order, or with a ```text
 *   block right below it. `...` in either stands for whatever varies. A block with neither may print anything.
 * - Blocks under `@example` in the packages' sources are type-checked. They import what they use.
 *
 * Blocks run on the packages' sources; with `--built`, on what `npm run build` made.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { root } from './house.mjs';

const SECONDS_PER_BLOCK = 60;
const API = join('docs', 'api');

const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const hook = flags.includes('--built') ? 'ts.mjs' : 'ts-src.mjs';

function filesUnder(folder, extension) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !['node_modules', 'dist'].includes(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (path === API) return []; // written by typedoc: copies of these pages
      if (entry.isDirectory()) return filesUnder(path, extension);
      return entry.name.endsWith(extension) ? [path] : [];
    });
}

function pagesAndSources() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join('packages', name));
  return [
    ...readdirSync(root).filter((file) => file.endsWith('.md')),
    ...packages.map((folder) => join(folder, 'README.md')),
    ...filesUnder('docs', '.md'),
    ...packages.flatMap((folder) => filesUnder(join(folder, 'src'), '.ts')),
  ];
}

/** The fenced blocks of a text: language, rest of the info string, line of the first code line, code. */
function fences(text) {
  const found = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const open = /^(\s*)(`{3,})(\w*)(.*)$/.exec(lines[at]);
    if (open === null) continue;
    const [, indent, ticks, language, info] = open;
    const first = at + 1;
    while (++at < lines.length && lines[at].trim() !== ticks);
    const code = lines
      .slice(first, at)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.trimStart()));
    found.push({ language, info: info.trim(), first, end: at, code });
  }
  return found.map((fence, index) => {
    const next = found[index + 1];
    const isOutput =
      next?.language === 'text' &&
      lines.slice(fence.end + 1, next.first - 1).every((l) => !l.trim());
    return { ...fence, output: isOutput ? next.code : undefined };
  });
}

function expectedOutput({ code, output }) {
  if (output !== undefined) return output;
  const printed = code.flatMap((line) => /\/\/ prints: ?(.*)$/.exec(line)?.[1] ?? []);
  return printed.length > 0 ? printed : undefined;
}

function blocksOfPage(file) {
  return fences(readFileSync(join(root, file), 'utf8'))
    .filter(({ language }) => /^(ts|typescript|js|javascript|mjs)$/.test(language))
    .map((fence) => ({
      file,
      line: fence.first + 1,
      extension: fence.language.startsWith('t') ? 'ts' : 'mjs',
      run: !/\bno-run\b/.test(fence.info),
      code: fence.code,
      expected: expectedOutput(fence),
    }));
}

/** Blocks under `@example`, read off the comments; everything else is blanked, so that lines stay. */
function blocksOfSource(file) {
  const text = readFileSync(join(root, file), 'utf8');
  const comments = [...text.matchAll(/^[ \t]*\/\*\*[^]*?\*\//gm)];
  return comments.flatMap((comment) => {
    const start = text.slice(0, comment.index).split('\n').length - 1;
    const plain = comment[0]
      .replace(/\*\/$/, '')
      .split('\n')
      .map((line) => line.replace(/^\s*\/?\*+ ?/, ''));
    let inExample = false;
    const examples = plain.map((line) => {
      if (/^@\w+/.test(line)) inExample = line.startsWith('@example');
      return inExample ? line : '';
    });
    return fences(examples.join('\n')).map((fence) => ({
      file,
      line: start + fence.first + 1,
      extension: 'ts',
      run: false,
      code: fence.code,
    }));
  });
}

/** Each block becomes a file in which its lines have the numbers they have on the page. */
function lay(blocks, folder) {
  for (const block of blocks) {
    block.path = join(folder, block.file, `${block.line}.${block.extension}`);
    mkdirSync(dirname(block.path), { recursive: true });
    writeFileSync(block.path, '\n'.repeat(block.line - 1) + block.code.join('\n') + '\n');
  }
}

/** Type errors of all blocks, by path: one program, so that the packages are read once. */
function typeErrors(blocks) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    {
      ...config,
      files: [],
      include: undefined,
      compilerOptions: {
        ...config.compilerOptions,
        // A snippet may show a value without using it.
        noUnusedLocals: false,
        noUnusedParameters: false,
        moduleDetection: 'force',
      },
    },
    ts.sys,
    root,
  );
  const program = ts.createProgram(
    blocks.filter(({ extension }) => extension === 'ts').map(({ path }) => path),
    options,
  );
  const errors = new Map();
  for (const { path } of blocks) {
    const source = program.getSourceFile(path);
    if (source === undefined) continue;
    const found = [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ].map(({ start, messageText }) => {
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, '\n  ')}`;
    });
    if (found.length > 0) errors.set(path, found.join('\n'));
  }
  return errors;
}

const matches = (actual, expected) =>
  actual.length === expected.length &&
  expected.every((line, index) => {
    const pattern = line
      .trimEnd()
      .split('...')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${pattern.join('.*')}$`).test(actual[index].trimEnd());
  });

/** Runs one block; the problem in words, or undefined. */
function runBlock({ path, expected }, cwd) {
  const { ASYNCIO_DEBUG: _, ...env } = process.env;
  const args = [
    '--enable-source-maps',
    '--import',
    pathToFileURL(join(root, 'scripts', 'hooks', hook)).href,
    path,
  ];
  const options = { cwd, env, timeout: SECONDS_PER_BLOCK * 1000, killSignal: 'SIGKILL' };
  return new Promise((done) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const printed = stdout.replace(/\n$/, '').split('\n');
      const said = `${stdout}${stderr}`.trimEnd();
      if (error?.killed) return done(`still running after ${SECONDS_PER_BLOCK} s\n${said}`);
      if (error) return done(`exit ${error.code}\n${said}`);
      if (expected === undefined || matches(printed, expected)) return done(undefined);
      done(
        `should print\n  ${expected.join('\n  ')}\nprinted\n  ${printed.join('\n  ')}\n${stderr}`,
      );
    });
  });
}

async function inParallel(items, work) {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

const files = named.length > 0 ? named.map((f) => relative(root, resolve(f))) : pagesAndSources();
const blocks = files.flatMap((file) =>
  file.endsWith('.md') ? blocksOfPage(file) : blocksOfSource(file),
);
const cache = join(root, '.cache');
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, 'blocks-'));
const cwd = mkdtempSync(join(tmpdir(), 'asyncio-ts-blocks-'));
try {
  lay(blocks, folder);
  const errors = typeErrors(blocks);
  await inParallel(blocks, async (block) => {
    block.problem = errors.get(block.path);
    if (block.problem === undefined && block.run) block.problem = await runBlock(block, cwd);
    block.problem = block.problem?.replaceAll(`${folder}/`, '');
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(cwd, { recursive: true, force: true });
}

const results = blocks.map(({ file, line, run, problem }) => ({ file, line, run, problem }));
const bad = results.filter(({ problem }) => problem !== undefined);
if (flags.includes('--json')) {
  console.log(JSON.stringify(results));
} else {
  for (const { file, line, problem } of bad) console.error(`${file}:${line}: ${problem}\n`);
  const ran = results.filter(({ run }) => run).length;
  console.log(`${results.length} code blocks checked, ${ran} of them run, ${bad.length} failed`);
}
process.exitCode = bad.length > 0 ? 1 : 0;
