// The harness of `corners.py`, over this library: a program by the same name, and the trace that CPython gave for it.
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { BaseEventLoop, type TimerHandle, ValueError, VirtualSelector } from '@asyncio-ts/loop';
import {
  type Coroutine,
  createFuture,
  createTask,
  currentTask,
  type Future,
  runUntilComplete,
  type Task,
  type TaskBody,
  type TaskOptions,
} from '@asyncio-ts/futures';
import { BaseExceptionGroup, ExceptionGroup, sleep } from '@asyncio-ts/tasks';
import { type Body, Implementation, type Kind, wait } from '@asyncio-ts/testing';

const file = new URL('corners.json', import.meta.url);
const recorded = JSON.parse(readFileSync(file, 'utf8')) as Record<string, readonly string[]>;

export class LookupError extends Error {}
Object.defineProperty(LookupError.prototype, 'name', { value: 'LookupError' });

export function nameOf(error: unknown): string {
  if (error === null) return 'null';
  if (error instanceof BaseExceptionGroup) {
    const kind = error instanceof ExceptionGroup ? 'ExceptionGroup' : 'BaseExceptionGroup';
    return `${kind}[${error.exceptions.map(nameOf).join(', ')}]`;
  }
  const { name, message } = error as Error;
  return error instanceof ValueError || error instanceof LookupError ? `${name}(${message})` : name;
}

function text(word: unknown): string {
  return word === undefined || word === null ? 'null' : String(word as string);
}

/** What a corner program is given: `Scene` of `corners.py`. */
export class Corner {
  readonly selector = new VirtualSelector();
  readonly loop = new BaseEventLoop({ selector: this.selector, debug: false });
  readonly trace: string[] = [];
  readonly implementation: Implementation;

  constructor(kind: Kind) {
    this.implementation = new Implementation({ kind, selector: 'virtual' });
    this.loop.setExceptionHandler((_, { message, exception }) => {
      this.log('reported', ...message.split(' ').slice(0, 3), nameOf(exception ?? null));
    });
  }

  readonly log = (...words: readonly unknown[]): void => {
    this.trace.push(`${Number(this.loop.time().toFixed(6))} ${words.map(text).join(' ')}`);
  };

  /** A coroutine function of the kind that is tried. */
  co<Args extends readonly unknown[], T>(body: Body<Args, T>): (...args: Args) => Coroutine<T> {
    return this.implementation.coroutine(body);
  }

  *attempt(name: string, awaitable: PromiseLike<unknown>): Generator<unknown, void> {
    try {
      this.log(name, 'gave', yield* wait(awaitable));
    } catch (error) {
      this.log(name, 'raised', nameOf(error), 'cancelling', currentTask()?.cancelling());
    }
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

  future<T = void>(): Future<T> {
    return createFuture<T>(this.loop);
  }

  /** A future that fails at its time, unless it is done by then. */
  failing(when: number, error: Error): Future<void> {
    const future = this.future();
    this.at(when, () => void (future.done() || future.setException(error)));
    return future;
  }

  at(when: number, callback: () => void): TimerHandle {
    return this.loop.callAt(when, callback);
  }

  /** The loop is busy for so long. */
  advance(seconds: number): void {
    this.selector.advance(seconds);
  }
}

/** The task that runs, which must be there. */
export function self(): Task<unknown> {
  return currentTask() as Task<unknown>;
}

const tried = new Set<string>();

const BOTH: readonly Kind[] = ['generator', 'async'];

/** Tries a program, and compares with what CPython did. */
function corner(
  item: string,
  name: string,
  play: (c: Corner) => Promise<void>,
  kinds: readonly Kind[] = BOTH,
): void {
  tried.add(name);
  test.each(kinds)(`${item} ${name.replaceAll('_', ' ')} [%s]`, async (kind) => {
    const c = new Corner(kind);
    await play(c);
    if (!c.loop.isClosed()) c.loop.close();
    expect(c.trace).toEqual(recorded[name]);
  });
}

type Program = (c: Corner) => Generator<unknown, unknown>;

function playing(body: Program): (c: Corner) => Promise<void> {
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

/** A program that is a coroutine, in both kinds. */
export function program(item: string, name: string, body: Program): void {
  corner(item, name, playing(body));
}

/** A program for generator coroutines alone: an async function is never done before its microtasks have run. */
export function generators(item: string, name: string, body: Program): void {
  corner(item, name, playing(body), ['generator']);
}

/** A program around a loop that it runs itself. */
export function script(item: string, name: string, play: (c: Corner) => Promise<void>): void {
  corner(item, name, play);
}

/** Says that no recorded program with such a beginning was left out. */
export function allTried(...beginnings: readonly string[]): void {
  const named = Object.keys(recorded).filter((name) => beginnings.some((b) => name.startsWith(b)));
  test(`all programs of CPython are here: ${beginnings.join(', ')}`, () => {
    expect(named.filter((name) => !tried.has(name))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
}
