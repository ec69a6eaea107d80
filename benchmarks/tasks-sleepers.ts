import { type Program, type PythonSubject, row, type Subject } from './harness/row.js';

interface Sleepers extends Record<string, number> {
  readonly tasks: number;
  readonly milliseconds: number;
}

/** How many a subject has at its name's size. */
type Load = () => Program<Sleepers> | Promise<Program<Sleepers>>;

const COUNTS = [1, 10_000, 100_000, 1_000_000];

const written = (tasks: number): string => tasks.toLocaleString('en');

/** Of a few rounds one sees how it grows; the limits are about the million. */
const FEW = 2;

// The process is what is measured: only our subjects carry the library.
async function library() {
  const { coroutine, createTask, runUntilComplete } = await import('@asyncio-ts/futures');
  const { BaseEventLoop } = await import('@asyncio-ts/loop');
  const { gather, sleep } = await import('@asyncio-ts/tasks');
  return { BaseEventLoop, coroutine, createTask, gather, runUntilComplete, sleep };
}

function ours(kind: 'generator' | 'async'): Load {
  return async () => {
    const { BaseEventLoop, coroutine, createTask, gather, runUntilComplete, sleep } =
      await library();
    const sleeper =
      kind === 'generator'
        ? coroutine(function* (seconds: number) {
            yield* sleep(seconds);
            return 1;
          })
        : coroutine(async (seconds: number) => {
            await sleep(seconds);
            return 1;
          });
    return async ({ tasks, milliseconds }) => {
      const loop = new BaseEventLoop();
      const awake = await runUntilComplete(loop, function* () {
        const all = Array.from({ length: tasks }, () =>
          createTask(loop, sleeper(milliseconds / 1000)),
        );
        return yield* gather(all);
      });
      loop.close();
      return sum(awake);
    };
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, n) => total + n, 0);

async function native({ tasks, milliseconds }: Sleepers): Promise<number> {
  const sleeper = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return 1;
  };
  return sum(await Promise.all(Array.from({ length: tasks }, sleeper)));
}

async function bluebird(): Promise<Program<Sleepers>> {
  const { default: Bluebird } = await import('bluebird');
  const sleeper: (milliseconds: number) => PromiseLike<number> = Bluebird.coroutine(function* (
    milliseconds: number,
  ) {
    yield Bluebird.delay(milliseconds);
    return 1;
  });
  return async ({ tasks, milliseconds }) =>
    sum(await Bluebird.all(Array.from({ length: tasks }, () => sleeper(milliseconds))));
}

async function effect(): Promise<Program<Sleepers>> {
  const { Effect } = await import('effect');
  return async ({ tasks, milliseconds }) => {
    const sleeper = Effect.as(Effect.sleep(milliseconds), 1);
    const all = Array.from({ length: tasks }, () => sleeper);
    return sum(await Effect.runPromise(Effect.all(all, { concurrency: 'unbounded' })));
  };
}

async function effection(): Promise<Program<Sleepers>> {
  const { all, run, sleep } = await import('effection');
  return async ({ tasks, milliseconds }) => {
    const sleepers = Array.from({ length: tasks }, () => ({
      *[Symbol.iterator]() {
        yield* sleep(milliseconds);
        return 1;
      },
    }));
    return sum(await run(() => all(sleepers)));
  };
}

/** A subject with so many sleepers; fewer where the whole run is smaller. */
function at(tasks: number, who: string, load: Load, about: Partial<Subject<Sleepers>> = {}) {
  return {
    name: `${who}, ${written(tasks)}`,
    against: `native, ${written(tasks)}`,
    load,
    resize: (size: Sleepers): Sleepers => ({ ...size, tasks: Math.min(size.tasks, tasks) }),
    ...about,
  };
}

const mine = COUNTS.flatMap((tasks): Subject<Sleepers>[] => {
  const few = tasks === 1_000_000 ? {} : { rounds: FEW };
  return [
    at(tasks, 'generator', ours('generator'), few),
    at(tasks, 'async', ours('async'), few),
    at(tasks, 'native', () => native, few),
  ];
});

const pythons = COUNTS.map((tasks): PythonSubject<Sleepers> => {
  const { name, against, resize } = at(tasks, '', () => native);
  return { name: name.replace(', ', ''), against, resize, rounds: FEW };
});

const MILLION = written(1_000_000);
const limit = (kind: string, what: 'time' | 'bytes', atMost: number) => ({
  subject: `${kind}, ${MILLION}`,
  of: `native, ${MILLION}`,
  what,
  atMost,
});

/** Tasks that sleep: what one costs that waits for something, and how long it takes to put all to sleep and wake them. */
export default row<Sleepers>({
  name: 'sleepers',
  group: 'tasks',
  exactly:
    '1, 10,000, 100,000, 1,000,000 tasks that sleep 10 s, against one async function and `setTimeout` each: peak memory of the process, time in all',
  sizes: {
    full: { tasks: 1_000_000, milliseconds: 10_000 },
    quick: { tasks: 20_000, milliseconds: 500 },
    smallest: { tasks: 20, milliseconds: 10 },
  },
  operation: 'run',
  operations: () => 1,
  expected: ({ tasks }) => tasks,
  quantities: ['bytes', 'time'],
  fresh: true,
  waits: true,
  slow: true,
  against: `native, ${MILLION}`,
  limits: [
    limit('generator', 'bytes', 1.0),
    limit('async', 'bytes', 1.6),
    limit('generator', 'time', 1.1),
    limit('async', 'time', 1.1),
  ],
  python: pythons,
  subjects: [
    ...mine,
    at(1_000_000, 'bluebird', bluebird, { package: 'bluebird', rounds: FEW }),
    at(100_000, 'effect', effect, { package: 'effect', rounds: FEW }),
    at(10_000, 'effection', effection, { package: 'effection', rounds: FEW }),
  ],
});
