/** The protocol of generators and coroutine objects, driven and looked at by hand. */
import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, RuntimeError, ValueError, VirtualSelector } from '@asyncio-ts/loop';
import {
  CallCoroutine,
  type Coroutine,
  coroutine,
  createTask,
  currentTask,
  getCoroutineLocals,
  getCoroutineLocation,
  getCoroutineState,
  getGeneratorLocals,
  getGeneratorState,
  primed,
  runUntilComplete,
  type Task,
} from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';

const scene = scenes(test);

describe('the stages of a generator', () => {
  test('are created, running, suspended, closed', () => {
    const states: string[] = [];
    const see = (): void => {
      states.push(getGeneratorState(generator), getCoroutineState(generator));
    };
    const generator: Generator<number> = (function* () {
      see();
      yield 1;
    })();
    see();
    generator.next();
    see();
    generator.next();
    see();
    expect(states).toEqual(
      ['CREATED', 'RUNNING', 'SUSPENDED', 'CLOSED'].flatMap((s) => [`GEN_${s}`, `CORO_${s}`]),
    );
  });

  test('are told apart whatever its parameters and its first words are', () => {
    const made = [
      (function* (a = 1, { b } = { b: 2 }) {
        yield a + b;
      })(),
      (function* () {
        yield* [1];
      })(),
      (function* (...rest: number[]): Generator<unknown, void, unknown> {
        const held = { first: yield rest };
        yield held;
      })(),
      {
        *method() {
          yield 1;
        },
      }.method(),
    ];
    for (const generator of made) {
      expect(getGeneratorState(generator)).toBe('GEN_CREATED');
      generator.next();
      expect(getGeneratorState(generator)).toBe('GEN_SUSPENDED');
      generator.return(undefined as never);
      expect(getGeneratorState(generator)).toBe('GEN_CLOSED');
    }
  });

  test('only a generator has them', () => {
    const driver = { next: () => {}, throw: () => {}, return: () => {} };
    for (const other of [1, null, {}, () => {}, driver]) {
      expect(() => getGeneratorState(other as never)).toThrow(TypeError);
      expect(() => getCoroutineState(other as never)).toThrow(
        /^Cannot look into .*: a coroutine object or a generator was expected$/,
      );
    }
  });
});

describe('the stages of a coroutine', () => {
  scene('while its task runs it is running, and so are those it waits in', function* (t) {
    const seen: string[] = [];
    const see = (): void => {
      seen.push(`${getCoroutineState(outer)} ${getCoroutineState(inner)}`);
    };
    const inner: Coroutine<void> = t.coroutine(function* () {
      see();
      yield;
      see();
    })();
    const outer: Coroutine<void> = t.coroutine(function* () {
      see();
      yield;
      yield* wait(inner);
    })();
    expect(getCoroutineState(outer)).toBe('CORO_CREATED');
    const task = createTask(t.loop, outer);
    yield;
    yield* wait(t.turn());
    expect(getCoroutineState(outer)).toBe('CORO_SUSPENDED');
    yield* wait(task);
    see();
    expect(seen[0]).toBe('CORO_RUNNING CORO_CREATED');
    expect(seen.at(-1)).toBe('CORO_CLOSED CORO_CLOSED');
    // Of an async function inside another one it is not known whether it is the one that runs.
    if (t.implementation.kind === 'generator') {
      expect(seen.slice(1, -1)).toEqual(Array(2).fill('CORO_RUNNING CORO_RUNNING'));
    } else expect(seen[1]).toMatch(/^CORO_RUNNING /);
  });
});

describe('send, throw and close', () => {
  const adder = coroutine(function* simple(a: number): Generator<number, string, number> {
    const b = yield a;
    const c = yield a + b;
    return `sum ${a + b + c}`;
  });

  test('values are sent, and what is yielded and returned comes back', () => {
    const coro = adder(14);
    expect(coro.send()).toEqual({ value: 14, done: false });
    expect(coro.send(28)).toEqual({ value: 42, done: false });
    expect(coro.send(99)).toEqual({ value: 'sum 141', done: true });
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
    expect(() => coro.send(1)).toThrow(RuntimeError);
    expect(() => coro.send(1)).toThrow("Cannot reuse the already awaited coroutine 'simple'");
    expect(() => coro.throw(new Error('late'))).toThrow(/Cannot reuse/);
    coro.close();
  });

  test('a value sent to one that was not started is a TypeError that says so', () => {
    const coro = adder(1);
    expect(() => coro.send(3)).toThrow(
      new TypeError("Cannot send 3 to the just-started coroutine 'simple': send undefined first"),
    );
    expect(getCoroutineState(coro)).toBe('CORO_CREATED');
    coro.close();
  });

  test('an error is thrown in: handled it goes on, else it comes out and the coroutine is closed', () => {
    const demo = coroutine(function* demo() {
      for (;;) {
        try {
          yield 'ready';
        } catch (error) {
          if (!(error instanceof RangeError)) throw error;
        }
      }
    });
    const coro = demo();
    coro.send();
    expect(coro.throw(new RangeError('handled'))).toEqual({ value: 'ready', done: false });
    const error = new Error('not handled');
    expect(() => coro.throw(error)).toThrow(error);
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
    const fresh = demo();
    expect(() => fresh.throw(error)).toThrow(error);
    expect(getCoroutineState(fresh)).toBe('CORO_CLOSED');
  });

  test('close runs the cleanup; to yield there is a RuntimeError', () => {
    const log: string[] = [];
    const coro = coroutine(function* clean() {
      try {
        yield;
      } finally {
        log.push('cleanup');
      }
    })();
    coro.send();
    coro.close();
    expect(log).toEqual(['cleanup']);
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
    const stubborn = coroutine(function* stubborn() {
      try {
        yield 1;
      } finally {
        yield 2;
      }
    })();
    stubborn.send();
    expect(() => stubborn.close()).toThrow(
      new RuntimeError("Cannot close the coroutine 'stubborn': it yielded in its cleanup"),
    );
    expect(getCoroutineState(stubborn)).toBe('CORO_SUSPENDED');
    stubborn.close();
  });

  test('an error of the cleanup comes out of close', () => {
    const coro = coroutine(function* () {
      try {
        yield 1;
      } finally {
        // eslint-disable-next-line no-unsafe-finally -- what a cleanup may do
        throw new Error('in the cleanup');
      }
    })();
    coro.send();
    expect(() => coro.close()).toThrow('in the cleanup');
    expect(getCoroutineState(coro)).toBe('CORO_CLOSED');
  });

  test('from inside itself each of them is a ValueError: it is executing already', () => {
    const errors: unknown[] = [];
    const coro: Coroutine<void> = coroutine(function* me() {
      for (const act of [() => coro.send(), () => coro.throw(new Error('x')), () => coro.close()]) {
        try {
          act();
        } catch (error) {
          errors.push(error);
        }
      }
      expect(getCoroutineState(coro)).toBe('CORO_RUNNING');
      yield;
    })();
    coro.send();
    expect(errors).toEqual([
      new ValueError("Cannot resume the coroutine 'me': it is executing already"),
      new ValueError("Cannot resume the coroutine 'me': it is executing already"),
      new ValueError("Cannot close the coroutine 'me': it is executing already"),
    ]);
    expect(errors.every((error) => error instanceof ValueError)).toBe(true);
    coro.close();
  });

  test('what a task runs is its own: it is cancelled, not closed', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const coro = coroutine(function* owned() {
      yield;
      yield;
    })();
    const task = createTask(loop, coro);
    for (const act of [() => coro.send(), () => coro.close()]) {
      expect(act).toThrow(
        "Cannot resume the coroutine 'owned': it is being awaited; cancel the task to end it",
      );
    }
    await runUntilComplete(loop, task);
    loop.close();
  });

  test('an async function is called without a receiver', async () => {
    const receivers: unknown[] = [];
    const fn = async function (this: unknown): Promise<void> {
      receivers.push(this);
      return Promise.resolve();
    };
    const coro = coroutine(fn)();
    expect(coro).toBeInstanceOf(CallCoroutine);
    await runUntilComplete(new BaseEventLoop(), coro);
    expect(receivers).toEqual([undefined]);
  });
});

describe('primed', () => {
  const averager = primed(function* averager(): Generator<number, void, number | string> {
    let total = 0;
    let average = 0;
    for (let count = 1; ; count++) {
      const term = yield average;
      if (typeof term !== 'number') throw new TypeError(`a number was expected, got ${term}`);
      total += term;
      average = total / count;
    }
  });

  test('is ready to receive at once, and its types are those of the generator', () => {
    const average = averager();
    expect(averager.name).toBe('averager');
    const { value }: IteratorResult<number, void> = average.next(40);
    expect(value).toBe(40);
    expect(average.next(50).value).toBe(45);
    expect(() => average.next('123')).toThrow(TypeError);
    expect(getGeneratorState(average)).toBe('GEN_CLOSED');
    expect(average.next(60)).toEqual({ value: undefined, done: true });
  });

  test('takes coroutine functions as well: their coroutine objects have send', () => {
    const received: unknown[] = [];
    const receiver = primed(
      coroutine(function* receiver(greeting: string): Generator<undefined, void, unknown> {
        for (;;) received.push(greeting, yield);
      }),
    );
    const coro = receiver('hello');
    coro.send(42);
    coro.send(43);
    expect(received).toEqual(['hello', 42, 'hello', 43]);
    coro.close();
  });

  test('what ends before its first yield has nothing to receive', () => {
    const ended = primed(function* ended(): Generator<number> {});
    expect(() => ended()).toThrow(
      new RuntimeError(
        "Cannot prime 'ended': it ended before its first yield; it has nothing to receive",
      ),
    );
  });
});

describe('what a suspended generator remembers', () => {
  function* numbers(): Generator<number> {
    yield 1;
    const c = 10;
    yield c;
  }

  test('its place has moved on, and its variables are there', () => {
    const generator = numbers();
    generator.next();
    const first = getCoroutineLocation(generator);
    expect(getGeneratorLocals(generator)).toEqual({});
    generator.next();
    const second = getCoroutineLocation(generator);
    expect(getGeneratorLocals(generator)).toEqual({ c: 10 });
    expect(first?.functionName).toBe('numbers');
    expect(first?.fileName).toMatch(/futures-generators\.test\.ts$/);
    expect(second?.lineNumber).toBe((first?.lineNumber as number) + 2);
    generator.next();
    expect(getCoroutineLocation(generator)).toBe(null);
    expect(getGeneratorLocals(generator)).toEqual({});
  });

  test('its variables are the very objects, inner ones hide outer ones, and what is around is not there', () => {
    const around = { shared: true };
    const generator = (function* (given: object, { part } = { part: 1 }): Generator<unknown> {
      const inside = given;
      for (const part of [5]) {
        const see = (): unknown => [inside, around];
        yield see;
        yield part;
      }
      yield part;
    })(around);
    expect(getGeneratorLocals(generator)).toEqual({ given: around, part: 1 });
    generator.next();
    const locals = getGeneratorLocals(generator);
    expect(locals['given']).toBe(around);
    expect(locals['inside']).toBe(around);
    expect(locals['part']).toBe(5);
    expect(Object.keys(locals).sort()).toEqual(['given', 'inside', 'part', 'see']);
  });

  test('a coroutine object as well, while it is driven by hand or by a task', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const work = coroutine(function* work(times: number) {
      for (let i = 0; i < times; i++) yield;
    });
    const coro = work(3);
    expect(getCoroutineLocals(coro)).toEqual({ times: 3 });
    const task = createTask(loop, coro);
    const seen: unknown[] = [];
    loop.callSoon(() => seen.push(getCoroutineLocals(coro), getCoroutineLocation(coro)?.kind));
    await runUntilComplete(loop, task);
    expect(seen).toEqual([{ times: 3, i: 0 }, 'generator']);
    expect([getCoroutineLocals(coro), getCoroutineLocation(coro)]).toEqual([{}, null]);
    const native = coroutine(async (x: number) => Promise.resolve(x))(1);
    expect([getCoroutineLocals(native), getCoroutineLocation(native)]).toEqual([{}, null]);
    native.close();
    loop.close();
  });

  test('of one that runs nothing is seen but its name', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const main = coroutine(function* main() {
      yield;
      const coro = (currentTask() as Task<unknown>).getCoro() as Coroutine<unknown>;
      return [getCoroutineLocals(coro), getCoroutineLocation(coro)] as const;
    });
    const [locals, frame] = await runUntilComplete(loop, main());
    expect(locals).toEqual({});
    expect([frame?.functionName, frame?.location]).toEqual(['main', null]);
    loop.close();
  });
});
