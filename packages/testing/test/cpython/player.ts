// The player of the corner programs, over this library: `player.py` has the same under CPython, whose traces are beside.
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import {
  type BaseEventLoop,
  type TimerHandle,
  ValueError,
  type VirtualSelector,
} from '@asyncio-ts/loop';
import {
  type Awaitable,
  type Coroutine,
  createFuture,
  createTask,
  currentTask,
  Future,
  isCancelledError,
  runUntilComplete,
  type Task,
  type TaskBody,
  type TaskOptions,
} from '@asyncio-ts/futures';
import { BaseExceptionGroup, ExceptionGroup, sleep } from '@asyncio-ts/tasks';
import { type Body, Implementation, type Kind, type SelectorName, wait } from '@asyncio-ts/testing';

type Traces = Readonly<Record<string, readonly string[]>>;

const file = new URL('corners.json', import.meta.url);
const topics = JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Traces>>;
export const topicNames = Object.keys(topics);
const recorded: Traces = Object.assign({}, ...Object.values(topics)) as Traces;

export class E extends Error {}
Object.defineProperty(E.prototype, 'name', { value: 'E' });

export function nameOf(error: unknown): string {
  if (error === null || error === undefined) return 'null';
  if (error instanceof BaseExceptionGroup) {
    const kind = error instanceof ExceptionGroup ? 'ExceptionGroup' : 'BaseExceptionGroup';
    return `${kind}${text(error.exceptions.map(nameOf))}`;
  }
  if (isCancelledError(error)) return `CancelledError(${error.args.map(text).join(', ')})`;
  const { name, message } = error as Error;
  return error instanceof E || error instanceof ValueError ? `${name}(${message})` : name;
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

/** What a corner program is given: `Scene` of `player.py`. */
export class Corner {
  readonly loop: BaseEventLoop;
  readonly trace: string[] = [];
  private readonly _implementation: Implementation;

  constructor(implementation: Implementation) {
    this._implementation = implementation;
    this.loop = implementation.newLoop();
    this.loop.setExceptionHandler((_, { message, exception }) => {
      this.log('reported', ...message.split(' ').slice(0, 3), nameOf(exception));
    });
  }

  readonly log = (...words: readonly unknown[]): void => {
    this.trace.push(`${Number(this.loop.time().toFixed(6))} ${words.map(text).join(' ')}`);
  };

  /** A coroutine function of the kind that is tried. */
  co<Args extends readonly unknown[], T>(body: Body<Args, T>): (...args: Args) => Coroutine<T> {
    return this._implementation.coroutine(body);
  }

  *attempt(name: unknown, awaitable: Awaitable<unknown>): Generator<unknown, void> {
    try {
      this.log(name, 'gave', yield* wait(awaitable));
    } catch (error) {
      this.log(name, 'raised', nameOf(error), 'cancelling', self().cancelling());
    }
  }

  /** A task that says what it gets, and ends so itself. */
  waiter(name: string, awaitable: Awaitable<unknown>): Task<void> {
    const { log } = this;
    return this.spawn(function* go() {
      try {
        log(name, 'gave', yield* wait(awaitable));
      } catch (error) {
        log(name, 'raised', nameOf(error));
        throw error;
      }
    });
  }

  /** Sleeps, says so, and fails if it is told to. */
  say(name: string, seconds: number, error?: Error): Coroutine<string> {
    const { log } = this;
    return this.co(function* say() {
      try {
        yield* wait(sleep(seconds));
        log(name, 'slept');
      } catch (cancelled) {
        log(name, 'cancelled');
        throw cancelled;
      }
      if (error !== undefined) throw error;
      return name;
    })();
  }

  /** Swallows its cancel, and then sleeps again. */
  stubborn(name: string, seconds: number, again: number, error?: Error): Coroutine<void> {
    const { log } = this;
    return this.co(function* stubborn() {
      try {
        yield* wait(sleep(seconds));
      } catch {
        log(name, 'swallowed');
      }
      yield* wait(sleep(again));
      log(name, 'over');
      if (error !== undefined) throw error;
    })();
  }

  task<T>(body: TaskBody<T>, options?: TaskOptions): Task<T> {
    return createTask(this.loop, body, options);
  }

  /** A task of the kind that is tried. */
  spawn<T>(body: Body<[], T>): Task<T> {
    return this.task(this.co(body)());
  }

  future<T = unknown>(): Future<T> {
    return createFuture<T>(this.loop);
  }

  /** A future that fails at its time, unless it is done by then. */
  failing(when: number, error: Error): Future<unknown> {
    const future = this.future();
    this.at(when, () => void (future.done() || future.setException(error)));
    return future;
  }

  at(when: number, callback: () => void): TimerHandle {
    return this.loop.callAt(when, callback);
  }

  /** The loop is busy for so long: on the virtual clock alone. */
  advance(seconds: number): void {
    (this.loop._selector as VirtualSelector).advance(seconds);
  }
}

/** A future that cannot be cancelled. */
export class Refuses extends Future<unknown> {
  private readonly _corner: Corner;

  constructor(corner: Corner) {
    super({ loop: corner.loop });
    this._corner = corner;
  }

  override cancel(message?: unknown): boolean {
    this._corner.log('asked', message);
    return false;
  }
}

/** Python's `await sleep(0)`. */
export function turn(): Generator<unknown, unknown> {
  return wait(sleep(0));
}

/** The task that runs, which must be there. */
export function self(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

interface Ways {
  readonly kinds?: readonly Kind[] | undefined;
  readonly selectors?: readonly SelectorName[];
}

const tried = new Set<string>();

function untimed(line: string): string {
  return line.slice(line.indexOf(' ') + 1);
}

/** Tries a program around a loop that it runs itself, and compares with what CPython did. */
export function script(
  item: string,
  name: string,
  play: (c: Corner) => Promise<void>,
  { kinds = ['generator', 'async'], selectors = ['virtual'] }: Ways = {},
): void {
  tried.add(name);
  for (const [kind, selector] of kinds.flatMap((k) => selectors.map((s) => [k, s] as const))) {
    const implementation = new Implementation({ kind, selector });
    test(`${item} ${name.replaceAll('_', ' ')} [${implementation.name}]`, async () => {
      const c = new Corner(implementation);
      await play(c);
      c.loop.close();
      expect(recorded[name]).toBeDefined();
      // What happens at which second is told by the virtual clock alone.
      const facts = (lines: readonly string[] = []): readonly string[] =>
        implementation.virtual ? lines : lines.map(untimed);
      expect(facts(c.trace)).toEqual(facts(recorded[name]));
    });
  }
}

type Program = (c: Corner) => Generator<unknown, unknown>;

function running(body: Program): (c: Corner) => Promise<void> {
  return async (c) => {
    const main = c.co(function* () {
      return yield* body(c);
    });
    try {
      c.log('returned', await runUntilComplete(c.loop, main()));
    } catch (error) {
      c.log('raised', nameOf(error));
    }
  };
}

/** A program that is a coroutine and tells of an order, which is the same on Node's clock. */
export function program(item: string, name: string, body: Program, kinds?: readonly Kind[]): void {
  // Without exactOrder an async function keeps a looser order.
  script(item, name, running(body), { kinds, selectors: ['virtual', 'node-exact'] });
}

/** A program that is a coroutine and tells of times, for the virtual clock. */
export function timed(item: string, name: string, body: Program): void {
  script(item, name, running(body));
}

/** One for generator coroutines alone: an async function is never done before its microtasks have run. */
export function generators(item: string, name: string, body: Program): void {
  script(item, name, running(body), { kinds: ['generator'] });
}

/** Says that no program of CPython of such a topic was left out. */
export function allTried(topic: string): void {
  test(`all programs of CPython are here: ${topic}`, () => {
    const names = Object.keys(topics[topic] ?? {});
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => !tried.has(name))).toEqual([]);
  });
}
