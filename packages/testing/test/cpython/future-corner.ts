// The harness of `future_corners.py`, over this library: a program by the same name, and the trace that CPython gave for it.
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
import {
  type Awaitable,
  currentTask,
  Future,
  isCancelledError,
  type Task,
} from '@asyncio-ts/futures';
import { eagerTaskFactory, sleep } from '@asyncio-ts/tasks';
import { type Body, Implementation, type Scene, type Tried, wait } from '@asyncio-ts/testing';

const file = new URL('future_corners.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly string[]>;

export const recordedNames = Object.keys(recorded);

export class E extends Error {}
Object.defineProperty(E.prototype, 'name', { value: 'E' });

export function nameOf(error: unknown): string {
  if (error === null || error === undefined) return 'null';
  if (isCancelledError(error)) return `CancelledError(${error.args.map(text).join(', ')})`;
  const { name, message } = error as Error;
  return error instanceof E ? `E(${message})` : name;
}

function text(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  return Array.isArray(value) ? `[${value.map(text).join(', ')}]` : String(value as string);
}

interface Outcome {
  done(): boolean;
  cancelled(): boolean;
  exception(): unknown;
  result(): unknown;
}

export function outcome(future: Outcome): string {
  if (!future.done()) return 'pending';
  if (future.cancelled()) return 'cancelled';
  const error = future.exception();
  return error === null ? text(future.result()) : nameOf(error);
}

/** What a corner program is given: `Scene` of `future_corners.py`. */
export class Corner {
  readonly trace: string[] = [];
  readonly loop: Scene['loop'];
  readonly future: Scene['future'];
  readonly coroutine: Scene['coroutine'];
  readonly task: Scene['task'];

  constructor(scene: Scene) {
    this.loop = scene.loop;
    this.future = () => scene.future();
    this.coroutine = (body) => scene.coroutine(body);
    this.task = (body) => scene.task(body);
    this.loop.setExceptionHandler((_, { exception }) => this.log('reported', nameOf(exception)));
  }

  readonly log = (...words: readonly unknown[]): void => {
    this.trace.push(words.map(text).join(' '));
  };
}

export function* attempt(
  t: Corner,
  label: unknown,
  awaitable: Awaitable<unknown>,
): Generator<unknown, void> {
  try {
    t.log(label, 'gave', yield* wait(awaitable));
  } catch (error) {
    t.log(label, 'raised', nameOf(error));
  }
}

export function waiter(t: Corner, label: string, awaitable: Awaitable<unknown>): Task<void> {
  return t.task(function* go() {
    try {
      t.log(label, 'gave', yield* wait(awaitable));
    } catch (error) {
      t.log(label, 'raised', nameOf(error));
      throw error;
    }
  });
}

/** Python's `await sleep(0)`. */
export function turn(): Generator<unknown, unknown> {
  return wait(sleep(0));
}

/** The task that runs, which must be there. */
export function self(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

export function twoOf(t: Corner): [Future<unknown>, Future<unknown>] {
  return [t.future(), t.future()];
}

export function threeOf(t: Corner): [Future<unknown>, Future<unknown>, Future<unknown>] {
  return [t.future(), t.future(), t.future()];
}

export function anotherLoop(): BaseEventLoop {
  return new BaseEventLoop({ selector: new VirtualSelector() });
}

/** Python's `eager_task_factory(loop, body(), name=name)`. */
export function eager<T>(t: Corner, body: Body<[], T>, name?: string): Task<T> {
  return eagerTaskFactory(t.loop, t.coroutine(body)(), { name });
}

/** A future that cannot be cancelled. */
export class Refuses extends Future<unknown> {
  private readonly _t: Corner;

  constructor(t: Corner) {
    super({ loop: t.loop });
    this._t = t;
  }

  override cancel(message?: unknown): boolean {
    this._t.log('asked', message);
    return false;
  }
}

type Kinds = readonly Tried['kind'][];

/** Tries a program, in both kinds if not told otherwise, and compares with what CPython did. */
export function program(
  item: string,
  name: string,
  body: Body<[t: Corner], void>,
  kinds: Kinds = ['generator', 'async'],
): void {
  for (const kind of kinds) {
    // Without exactOrder an async function keeps a looser order.
    for (const selector of ['virtual', 'node-exact'] as const) {
      const implementation = new Implementation({ kind, selector });
      test(`${item} ${name.replaceAll('_', ' ')} [${implementation.name}]`, async () => {
        const trace = await implementation.run(function* (scene) {
          const corner = new Corner(scene);
          yield* body(corner) as Generator<unknown, void>;
          return corner.trace;
        });
        expect(recorded[name]).toBeDefined();
        expect(trace).toEqual(recorded[name]);
      });
    }
  }
}
