import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

import { type Program, row, type Subject } from './harness/row.js';

interface Answer extends Record<string, number> {
  readonly answer: number;
}

/** What a library is needed for to run tasks, and a program that needs all of it and prints 42. */
interface Core {
  readonly exports: string;
  readonly program: string;
}

const asyncioTs: Core = {
  exports: `export { gather, run, sleep, Task, TaskGroup, timeout } from 'asyncio-ts';`,
  program: `
    core.run(function* () {
      const [one, two] = yield* core.gather(core.sleep(0, 20), core.sleep(0, 20));
      const three = yield* new core.TaskGroup().use(function* (group) {
        const task = group.createTask(core.sleep(0, 2));
        if (!(task instanceof core.Task)) throw new Error('a group has tasks');
        return yield* task;
      });
      return yield* core.timeout(60).use(function* () {
        return one + two + three;
      });
    }).then(console.log);`,
};

/** The same without the umbrella: its `run` brings the loop that has servers, connections and signals. */
const floors: Core = {
  exports: `
    export { BaseEventLoop } from '@asyncio-ts/loop';
    export { runUntilComplete, Task } from '@asyncio-ts/futures';
    export { gather, sleep, TaskGroup, timeout } from '@asyncio-ts/tasks';`,
  program: `
    core.run = (main) => core.runUntilComplete(new core.BaseEventLoop(), main);
    ${asyncioTs.program}`,
};

const effect: Core = {
  exports: `
    export { all, as, forkChild, gen, runPromise, sleep, timeout } from 'effect/Effect';
    export { interrupt, join } from 'effect/Fiber';`,
  program: `
    const slept = (value) => core.as(core.sleep(1), value);
    core.runPromise(core.gen(function* () {
      const fiber = yield* core.forkChild(slept(2));
      const both = core.all([slept(20), slept(20)], { concurrency: 'unbounded' });
      const [one, two] = yield* core.timeout(both, 60_000);
      const three = yield* core.join(fiber);
      yield* core.interrupt(fiber);
      return one + two + three;
    })).then(console.log);`,
};

const effection: Core = {
  exports: `export { all, race, run, sleep, spawn } from 'effection';`,
  program: `
    function* slept(value) {
      yield* core.sleep(1);
      return value;
    }
    const of = (value) => ({ [Symbol.iterator]: () => slept(value) });
    core.run(function* () {
      const task = yield* core.spawn(() => slept(2));
      const [one, two] = yield* core.race([core.all([of(20), of(20)]), core.sleep(60_000)]);
      return one + two + (yield* task);
    }).then(console.log);`,
};

const rxjs: Core = {
  exports: `export { firstValueFrom, forkJoin, map, timeout, timer } from 'rxjs';`,
  program: `
    const slept = (value) => core.timer(1).pipe(core.map(() => value));
    const all = core.forkJoin([slept(20), slept(20), slept(2)]);
    const sum = all.pipe(core.timeout(60_000), core.map(([a, b, c]) => a + b + c));
    core.firstValueFrom(sum).then(console.log);`,
};

const bluebird: Core = {
  exports: `export { default } from 'bluebird';`,
  program: `
    const Bluebird = core.default;
    const all = Bluebird.all([Bluebird.delay(1, 20), Bluebird.delay(1, 20), Bluebird.delay(1, 2)]);
    all.timeout(60_000).then(([a, b, c]) => console.log(a + b + c));`,
};

/** The harness says so where the built packages are measured. */
const built = (globalThis as { BUILT_PACKAGES?: true }).BUILT_PACKAGES === true;

/** Bundled and minified, for any platform: what is built into Node stays outside. */
async function bundle(contents: string): Promise<Uint8Array> {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(fileURLToPath(import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    format: 'cjs',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    external: ['node:*', ...builtinModules],
    logLevel: 'silent',
    // Without one of ours, it reads the nearest `tsconfig.json`: the paths there lead to the sources.
    ...(built ? { tsconfigRaw: {} } : {}),
  });
  return outputFiles[0]?.contents as Uint8Array;
}

/** Runs the program with the bundle, in a process of its own; what it prints is its answer. */
function answerOf(bundled: Uint8Array, program: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-size-'));
  try {
    writeFileSync(join(folder, 'core.cjs'), bundled);
    const whole = `const core = { ...require('./core.cjs') };\n${program}`;
    writeFileSync(join(folder, 'program.cjs'), whole);
    const { stdout, stderr } = spawnSync(process.execPath, [join(folder, 'program.cjs')], {
      encoding: 'utf8',
    });
    if (stderr !== '') throw new Error(stderr);
    return Number(stdout);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function sizeOf({ exports, program }: Core): Program<Answer> {
  return async (_size, report) => {
    const bundled = await bundle(exports);
    report.holds(gzipSync(bundled, { level: 9 }).length);
    return answerOf(bundled, program);
  };
}

function subject(name: string, core: Core, about: Partial<Subject<Answer>>): Subject<Answer> {
  return { name, load: () => sizeOf(core), rounds: 1, ...about };
}

const size = { answer: 42 };

/** What a program has to load that only wants tasks. */
export default row<Answer>({
  name: 'size',
  group: 'asyncio',
  exactly:
    'the umbrella’s task core (`run`, `sleep`, `Task`, `gather`, `TaskGroup`, `timeout`), minified + gzip; peers: what does the same',
  sizes: { full: size, quick: size, smallest: size },
  operation: 'bundle',
  operations: () => 1,
  expected: ({ answer }) => answer,
  quantities: ['bytes'],
  fresh: true,
  waits: true,
  against: 'asyncio-ts',
  limits: [{ subject: 'asyncio-ts', what: 'bytes', atMost: 8000 }],
  subjects: [
    subject('asyncio-ts', asyncioTs, { quick: true }),
    subject('asyncio-ts, without the umbrella', floors, {}),
    subject('effect', effect, { package: 'effect' }),
    subject('effection', effection, { package: 'effection' }),
    subject('rxjs', rxjs, { package: 'rxjs' }),
    subject('bluebird', bluebird, { package: 'bluebird' }),
  ],
});
