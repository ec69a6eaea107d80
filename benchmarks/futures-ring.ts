import { coroutine, createTask, Future, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';

import type { Deferred as EffectDeferred } from 'effect';

import { type Program, row } from './harness/row.js';

interface Passes extends Record<string, number> {
  readonly tasks: number;
  readonly passes: number;
}

const atATenth = (size: Passes): Passes => ({ ...size, passes: Math.ceil(size.passes / 10) });

/** The token says how often it is still passed on; this one says that the game is over. */
const OVER = -1;

/** What a task has laid down for its neighbour to resolve. */
interface Deferred {
  readonly promise: Promise<number>;
  readonly resolve: (token: number) => void;
}

/** Who waits for the token, and where it came to its end. */
class Ring<W> {
  readonly waiting: W[];
  readonly #send: (waiter: W, token: number) => void;
  at = OVER;
  ended = 0;

  constructor(tasks: number, wait: () => W, send: (waiter: W, token: number) => void) {
    this.waiting = Array.from({ length: tasks }, wait);
    this.#send = send;
  }

  /** What the task `n` does with the token; it goes on if this is true. */
  play(n: number, token: number): boolean {
    const next = n + 1 === this.waiting.length ? 0 : n + 1;
    if (token > 0) {
      this.#send(this.waiting[next] as W, token - 1);
      return true;
    }
    if (token !== OVER) this.at = n;
    this.ended++;
    if (next !== this.at) this.#send(this.waiting[next] as W, OVER);
    return false;
  }

  get result() {
    return { at: this.at, ended: this.ended };
  }
}

const member = coroutine(function* (loop: BaseEventLoop, ring: Ring<Future<number>>, n: number) {
  for (;;) {
    const token = yield* ring.waiting[n] as Future<number>;
    ring.waiting[n] = new Future<number>({ loop });
    if (!ring.play(n, token)) return;
  }
});

const asyncMember = coroutine(
  async (loop: BaseEventLoop, ring: Ring<Future<number>>, n: number) => {
    for (;;) {
      const token = await (ring.waiting[n] as Future<number>);
      ring.waiting[n] = new Future<number>({ loop });
      if (!ring.play(n, token)) return;
    }
  },
);

function ours(member: typeof asyncMember): Program<Passes> {
  return async ({ tasks, passes }) => {
    const loop = new BaseEventLoop();
    const ring = new Ring(
      tasks,
      () => new Future<number>({ loop }),
      (waiter, token) => waiter.setResult(token),
    );
    await runUntilComplete(loop, function* () {
      const members = Array.from({ length: tasks }, (_, n) =>
        createTask(loop, member(loop, ring, n)),
      );
      ring.waiting[0]?.setResult(passes);
      for (const task of members) yield* task;
    });
    loop.close();
    return ring.result;
  };
}

function deferred(): Deferred {
  let resolve!: (token: number) => void;
  const promise = new Promise<number>((keep) => {
    resolve = keep;
  });
  return { promise, resolve };
}

const resolve = (waiter: { resolve(token: number): void }, token: number): void =>
  waiter.resolve(token);

async function nativeMember(ring: Ring<Deferred>, n: number): Promise<void> {
  for (;;) {
    const token = await (ring.waiting[n] as Deferred).promise;
    ring.waiting[n] = deferred();
    if (!ring.play(n, token)) return;
  }
}

/** Members that wait for a native promise. */
function promises(
  member: (ring: Ring<Deferred>, n: number) => PromiseLike<unknown>,
): Program<Passes> {
  return async ({ tasks, passes }) => {
    const ring = new Ring(tasks, deferred, resolve);
    const members = Array.from({ length: tasks }, (_, n) => member(ring, n));
    ring.waiting[0]?.resolve(passes);
    await Promise.all(members);
    return ring.result;
  };
}

async function bluebird(): Promise<Program<Passes>> {
  const { default: Bluebird } = await import('bluebird');
  const deferred = () => {
    let resolve!: (token: number) => void;
    const promise = new Bluebird<number>((keep) => {
      resolve = keep;
    });
    return { promise, resolve };
  };
  type Waiting = ReturnType<typeof deferred>;
  const member: (ring: Ring<Waiting>, n: number) => PromiseLike<void> = Bluebird.coroutine(
    function* (ring: Ring<Waiting>, n: number) {
      for (;;) {
        const token = (yield (ring.waiting[n] as Waiting).promise) as number;
        ring.waiting[n] = deferred();
        if (!ring.play(n, token)) return;
      }
    },
  );
  return async ({ tasks, passes }) => {
    const ring = new Ring(tasks, deferred, resolve);
    const members = Array.from({ length: tasks }, (_, n) => member(ring, n));
    ring.waiting[0]?.resolve(passes);
    await Bluebird.all(members);
    return ring.result;
  };
}

async function co(): Promise<Program<Passes>> {
  const { default: co } = await import('co');
  return promises(
    co.wrap(function* (ring: Ring<Deferred>, n: number) {
      for (;;) {
        const token = (yield (ring.waiting[n] as Deferred).promise) as number;
        ring.waiting[n] = deferred();
        if (!ring.play(n, token)) return;
      }
    }),
  );
}

async function effect(): Promise<Program<Passes>> {
  const { Deferred, Effect } = await import('effect');
  type Waiting = EffectDeferred.Deferred<number>;
  const member = (ring: Ring<Waiting>, n: number) =>
    Effect.gen(function* () {
      for (;;) {
        const token = yield* Deferred.await(ring.waiting[n] as Waiting);
        ring.waiting[n] = Deferred.makeUnsafe<number>();
        if (!ring.play(n, token)) return;
      }
    });
  return async ({ tasks, passes }) => {
    const ring = new Ring(
      tasks,
      () => Deferred.makeUnsafe<number>(),
      (waiter, token) => Deferred.doneUnsafe(waiter, Effect.succeed(token)),
    );
    const members = Array.from({ length: tasks }, (_, n) => member(ring, n));
    Deferred.doneUnsafe(ring.waiting[0] as Waiting, Effect.succeed(passes));
    await Effect.runPromise(Effect.all(members, { concurrency: 'unbounded', discard: true }));
    return ring.result;
  };
}

/** Tasks in a ring, of which only the one that has the token is awake. */
export default row<Passes>({
  name: 'ring',
  group: 'futures',
  exactly: '503 tasks, a token passed 1,000,000 times; each task waits for a Future of its own',
  sizes: {
    full: { tasks: 503, passes: 1_000_000 },
    quick: { tasks: 503, passes: 200_000 },
    smallest: { tasks: 5, passes: 38 },
  },
  operation: 'pass',
  operations: ({ passes }) => passes,
  expected: ({ tasks, passes }) => ({ at: passes % tasks, ended: tasks }),
  against: 'native',
  limits: [
    { subject: 'generator', of: 'native', atMost: 0.3 },
    { subject: 'async', of: 'native', atMost: 2.0 },
  ],
  python: atATenth,
  subjects: [
    { name: 'generator', quick: true, load: () => ours(member) },
    { name: 'async', quick: true, load: () => ours(asyncMember) },
    { name: 'native', quick: true, load: () => promises(nativeMember) },
    { name: 'bluebird', package: 'bluebird', load: bluebird },
    { name: 'co', package: 'co', load: co },
    { name: 'effect', package: 'effect', resize: atATenth, load: effect },
  ],
});
