/** What the type checker says of results; the bodies are never run. */
import { expect, test } from '@jest/globals';
import { type Coroutine, coroutine, type Future, type Task } from '@asyncio-ts/futures';
import {
  anext,
  asCompleted,
  asyncFor,
  asyncWith,
  createTask,
  gather,
  shield,
  sleep,
  TaskGroup,
  timeout,
  wait,
  waitFor,
} from '@asyncio-ts/tasks';

type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `typed<Expected>()(value)`: the type of the value is exactly the expected one. */
function typed<Expected>() {
  return <Actual>(
    _value: Actual,
    ..._proof: Same<Actual, Expected> extends true ? [] : [never]
  ): undefined => undefined;
}

declare const f: Future<number>;
declare const t: Task<string>;
declare const p: Promise<boolean>;

test('types are checked by the type checker', () => {
  expect([inGenerators, inAsyncFunctions, made].every((fn) => typeof fn === 'function')).toBe(true);
});

function* inGenerators(): Generator<unknown, void> {
  const r = yield* gather(
    f,
    t,
    p,
    sleep(1, 'x' as const),
    async () => 5,
    function* () {
      return null;
    },
  );
  typed<[number, string, boolean, 'x', number, null]>()(r);
  const r2 = yield* gather([f, t]);
  typed<[number, string]>()(r2);
  const r3 = yield* gather([f, t], { returnExceptions: true });
  typed<[number | Error, string | Error]>()(r3);
  const list: Task<string>[] = [];
  const r4 = yield* gather(list);
  typed<string[]>()(r4);
  const r5 = yield* gather(...list);
  typed<string[]>()(r5);
  const r6 = yield* gather(list, { returnExceptions: true });
  typed<(string | Error)[]>()(r6);
  const r7 = yield* gather(f, t, { returnExceptions: true });
  typed<[number | Error, string | Error]>()(r7);
  const r8 = yield* gather([1, 2].map((n) => sleep(n, n)));
  typed<number[]>()(r8);
  const r9 = yield* gather(new Set([t]));
  typed<string[]>()(r9);
  const flag: boolean = Math.random() > 0.5;
  const r10 = yield* gather(list, { returnExceptions: flag });
  typed<(string | Error)[]>()(r10);
  const [done, pending] = yield* wait(list, { timeout: 1 });
  typed<Set<Task<string>>>()(done);
  typed<Set<Task<string>>>()(pending);
  const w = yield* waitFor(f, 5);
  typed<number>()(w);
  const w2 = yield* waitFor(async () => 'x', null);
  typed<string>()(w2);
  const s = yield* shield(t);
  typed<string>()(s);
  for (const c of asCompleted([f, f])) {
    const v = yield* c;
    typed<number>()(v);
  }
  const u = yield* timeout(5).use(async () => 3);
  typed<number>()(u);
  const u2 = yield* timeout(5).use(function* () {
    return yield* sleep(1, 's');
  });
  typed<string>()(u2);
  const tg = yield* new TaskGroup().use(async (group) => {
    const a = group.createTask(sleep(1, 1));
    const b = group.createTask(async () => 'b');
    typed<Task<number>>()(a);
    typed<Task<string>>()(b);
    return a;
  });
  void tg;
  const aw = yield* asyncWith(
    { aenter: async () => 7, aexit: async (): Promise<boolean> => true },
    async (n) => `${n}`,
  );
  typed<string | undefined>()(aw);
  const aw2 = yield* asyncWith(
    { aenter: async () => 7, aexit: async () => {} },
    async (n) => `${n}`,
  );
  typed<string>()(aw2);
  async function* gen() {
    yield 1;
  }
  const n = yield* anext(gen());
  typed<number>()(n);
  const n2 = yield* anext(gen(), 'd');
  typed<number | string>()(n2);
  yield* asyncFor(gen(), (x) => {
    typed<number>()(x);
  });
  const ct = createTask(function* () {
    return 5;
  });
  typed<Task<number>>()(ct);
  const ct2 = createTask(() => sleep(1, 'x'));
  typed<Task<string>>()(ct2);
}
async function inAsyncFunctions(): Promise<void> {
  const [x, y] = await gather(f, t);
  typed<number>()(x);
  typed<string>()(y);
  for await (const item of asCompleted([t, t])) typed<Task<string>>()(item);
  const v = await sleep(1, 'r');
  typed<string>()(v);
  const w = await waitFor(sleep(1, 4), 4);
  typed<number>()(w);
}
const made: () => Coroutine<number> = coroutine(async () => 4);
