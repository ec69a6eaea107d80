import { coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { Queue } from '@asyncio-ts/sync';

import { type Program, row, type Subject } from './harness/row.js';

interface Items extends Record<string, number> {
  readonly items: number;
  readonly maxsize: number;
}

/** As one writes it for one producer and one consumer: a ring, and a promise whose resolver is kept for who waits. */
class HandOff {
  readonly #ring: number[];
  #first = 0;
  #length = 0;
  #getter: (() => void) | null = null;
  #putter: (() => void) | null = null;

  constructor(maxsize: number) {
    this.#ring = new Array<number>(maxsize).fill(0);
  }

  async put(item: number): Promise<void> {
    while (this.#length === this.#ring.length) {
      await new Promise<void>((wake) => {
        this.#putter = wake;
      });
    }
    this.#ring[(this.#first + this.#length++) % this.#ring.length] = item;
    this.#getter?.();
    this.#getter = null;
  }

  async get(): Promise<number> {
    while (this.#length === 0) {
      await new Promise<void>((wake) => {
        this.#getter = wake;
      });
    }
    const item = this.#ring[this.#first] as number;
    this.#first = (this.#first + 1) % this.#ring.length;
    this.#length--;
    this.#putter?.();
    this.#putter = null;
    return item;
  }
}

const produce = coroutine(function* (queue: Queue<number>, items: number) {
  for (let n = 0; n < items; n++) yield* queue.put(n);
});

const consume = coroutine(function* (queue: Queue<number>, items: number) {
  let sum = 0;
  for (let n = 0; n < items; n++) sum += yield* queue.get();
  return sum;
});

const asyncProduce = coroutine(async (queue: Queue<number>, items: number) => {
  for (let n = 0; n < items; n++) await queue.put(n);
});

const asyncConsume = coroutine(async (queue: Queue<number>, items: number) => {
  let sum = 0;
  for (let n = 0; n < items; n++) sum += await queue.get();
  return sum;
});

function ours(producer: typeof produce, consumer: typeof consume) {
  return async ({ items, maxsize }: Items) => {
    const loop = new BaseEventLoop();
    const sum = await runUntilComplete(loop, function* () {
      const queue = new Queue<number>(maxsize);
      const producing = createTask(loop, producer(queue, items));
      const total = yield* createTask(loop, consumer(queue, items));
      yield* producing;
      return total;
    });
    loop.close();
    return sum;
  };
}

async function native({ items, maxsize }: Items): Promise<number> {
  const queue = new HandOff(maxsize);
  const produce = async (): Promise<void> => {
    for (let n = 0; n < items; n++) await queue.put(n);
  };
  const consume = async (): Promise<number> => {
    let sum = 0;
    for (let n = 0; n < items; n++) sum += await queue.get();
    return sum;
  };
  const [, sum] = await Promise.all([produce(), consume()]);
  return sum;
}

async function effect() {
  const { Effect, Queue } = await import('effect');
  return async ({ items, maxsize }: Items) => {
    const main = Effect.gen(function* () {
      const queue = yield* Queue.bounded<number>(maxsize);
      const produce = Effect.gen(function* () {
        for (let n = 0; n < items; n++) yield* Queue.offer(queue, n);
      });
      const consume = Effect.gen(function* () {
        let sum = 0;
        for (let n = 0; n < items; n++) sum += yield* Queue.take(queue);
        return sum;
      });
      const [, sum] = yield* Effect.all([produce, consume], { concurrency: 'unbounded' });
      return sum;
    });
    return await Effect.runPromise(main);
  };
}

/** It has no consumer that asks: items are jobs, done one after the other. */
async function pQueue(): Promise<Program<Items>> {
  const { default: PQueue } = await import('p-queue');
  return async ({ items, maxsize }) => {
    const queue = new PQueue({ concurrency: 1 });
    let sum = 0;
    for (let n = 0; n < items; n++) {
      if (queue.size >= maxsize) await queue.onSizeLessThan(maxsize);
      void queue.add(() => {
        sum += n;
      });
    }
    await queue.onIdle();
    return sum;
  };
}

/** A queue that is nearly always full or empty, and one that hardly ever is. */
const subjects = ([1, 1000] as const).flatMap((maxsize): Subject<Items>[] => {
  const name = (who: string): string => `${who}, maxsize ${maxsize.toLocaleString('en')}`;
  const against = name('native');
  const resize = (size: Items): Items => ({ ...size, maxsize });
  return [
    {
      name: name('generator'),
      against,
      quick: true,
      resize,
      load: () => ours(produce, consume),
    },
    {
      name: name('async'),
      against,
      quick: true,
      resize,
      load: () => ours(asyncProduce, asyncConsume),
    },
    { name: against, against, quick: true, resize, load: () => native },
    {
      name: name('effect'),
      against,
      package: 'effect',
      resize: ({ items }) => ({ items: Math.ceil(items / 10), maxsize }),
      load: effect,
    },
    {
      name: name('p-queue'),
      against,
      package: 'p-queue',
      resize: ({ items }) => ({ items: Math.ceil(items / 10), maxsize }),
      load: pQueue,
    },
  ];
});

/** Items that go from one task to another. */
export default row<Items>({
  name: 'queue',
  group: 'sync',
  exactly:
    'one producer, one consumer, 1,000,000 items through a queue of maxsize 1 and 1,000, against a hand-written hand-off over promises',
  sizes: {
    full: { items: 1_000_000, maxsize: 1000 },
    quick: { items: 100_000, maxsize: 1000 },
    smallest: { items: 30, maxsize: 1000 },
  },
  operation: 'item',
  operations: ({ items }) => items,
  expected: ({ items }) => (items * (items - 1)) / 2,
  against: 'native, maxsize 1,000',
  limits: ['maxsize 1', 'maxsize 1,000'].flatMap((maxsize) => [
    { subject: `generator, ${maxsize}`, of: `native, ${maxsize}`, atMost: 1.2 },
    { subject: `async, ${maxsize}`, of: `native, ${maxsize}`, atMost: 4 },
  ]),
  python: ({ items, maxsize }) => ({ items: Math.ceil(items / 10), maxsize }),
  subjects,
});
