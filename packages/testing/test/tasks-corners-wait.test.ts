// Corners of asyncio: each program ran under CPython too (`cpython/wait.py`), and must give its trace here.
import { allTasks, CancelledError, type Future, type Task } from '@asyncio-ts/futures';
import {
  asCompleted,
  asyncFor,
  BREAK,
  eagerTaskFactory,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  gather,
  TimeoutError,
  wait as waitAll,
} from '@asyncio-ts/tasks';
import { type Body, wait } from '@asyncio-ts/testing';

import {
  allTried,
  type Corner,
  E,
  nameOf,
  outcome,
  program,
  self,
  turn,
} from './cpython/player.js';

function twoOf(t: Corner): [Future<unknown>, Future<unknown>] {
  return [t.future(), t.future()];
}

function threeOf(t: Corner): [Future<unknown>, Future<unknown>, Future<unknown>] {
  return [t.future(), t.future(), t.future()];
}

/** Python's `eager_task_factory(loop, body(), name=name)`. */
function eager<T>(t: Corner, body: Body<[], T>, name?: string): Task<T> {
  return eagerTaskFactory(t.loop, t.co(body)(), { name });
}

/** Python's `next(iterator)`. */
function next<T>(iterator: Iterator<T, undefined>): T {
  return iterator.next().value as T;
}

program('[S55]', 'sleep_order', function* (t) {
  const s = t.co(function* (n: string, k: number) {
    for (let i = 0; i < k; i++) {
      t.log(n, i);
      yield* turn();
    }
  });
  yield* wait(gather(s('a', 3), s('b', 2), s('c', 1)));
  t.log('all');
});

program('[S96]', 'wait_first_completed_two_same_turn', function* (t) {
  const a = t.future();
  const b = t.future();
  const c = t.future();
  const w = t.task(waitAll([a, b, c], { returnWhen: FIRST_COMPLETED }));
  yield* turn();
  b.setResult(1);
  c.cancel();
  const [dn, pn] = yield* wait(w);
  t.log(dn.size, pn.size, pn.has(a));
});

program('[S97]', 'wait_first_exception_cancelled', function* (t) {
  const fs = threeOf(t);
  const w = t.task(waitAll(fs, { returnWhen: FIRST_EXCEPTION }));
  yield* turn();
  fs[0].cancel();
  yield* turn();
  yield* turn();
  t.log(w.done());
  fs[1].setException(new E('e'));
  const [dn, pn] = yield* wait(w);
  t.log(dn.size, pn.size);
  fs[1].exception();
});

program('[S97]', 'wait_error_and_cancel_mixed', function* (t) {
  const a = t.future();
  const b = t.future();
  const w = t.task(waitAll([a, b], { returnWhen: FIRST_EXCEPTION }));
  yield* turn();
  a.setException(new CancelledError('exc'));
  yield* turn();
  yield* turn();
  t.log(w.done());
  b.setResult(1);
  const [dn] = yield* wait(w);
  t.log(dn.size);
});

program('[S99]', 'wait_cancelled_as_it_is_released', function* (t) {
  const f = t.future();
  const w = t.task(waitAll([f]));
  yield* turn();
  f.setResult(1);
  yield* turn();
  t.log(w.done(), w.cancel('m'));
  yield* t.attempt('aw', w);
});

program('[S99]', 'wait_cancelled_before_it_hears', function* (t) {
  const f = t.future();
  const w = t.task(waitAll([f]));
  yield* turn();
  f.setResult(1);
  t.log(w.cancel('m'));
  yield* t.attempt('aw', w);
});

program('[S99]', 'task_wait_cancel_member_cb', function* (t) {
  const f = t.future();
  f.addDoneCallback(() => w.cancel('cb'));
  const w: Task<unknown> = t.task(waitAll([f]));
  yield* turn();
  f.setResult(1);
  yield* t.attempt('aw', w);
});

program('[S99]', 'wait_duplicates_and_cancelled_wait', function* (t) {
  const f = t.future();
  const [dn, pn] = yield* wait(waitAll([f, f], { timeout: 0.01 }));
  t.log(dn.size, pn.size);
  const w = t.task(waitAll([f]));
  yield* turn();
  w.cancel('m');
  yield* t.attempt('w', w);
  t.log(outcome(f), f._callbacks.length);
});

program('[S100]', 'wait_for_what_has_failed_before', function* (t) {
  const fs = threeOf(t);
  fs[0].setException(new E('q'));
  for (const opt of [
    { returnWhen: FIRST_EXCEPTION },
    { returnWhen: FIRST_COMPLETED },
    { timeout: 0 },
    { timeout: -1 },
  ] as const) {
    const [dn, pn] = yield* wait(waitAll(fs, opt));
    t.log(dn.size, pn.size);
  }
  fs[0].exception();
});

program('[S102]', 'as_completed_cancel_waiting', function* (t) {
  const fs = twoOf(t);
  const it = asCompleted(fs);
  const w = t.waiter('w', next(it));
  yield* turn();
  w.cancel('m');
  yield* t.attempt('aw', w);
  fs[0].setResult('f0');
  fs[1].setResult('f1');
  for (const c of it) yield* t.attempt('c', c);
});

program('[S102]', 'as_completed_concurrent_awaits', function* (t) {
  const fs = threeOf(t);
  const cs = [...asCompleted(fs)];
  const ws = cs.map((c, i) => t.waiter(`w${i}`, c));
  yield* turn();
  fs[2].setResult('z');
  fs[0].setResult('x');
  fs[1].cancel('y');
  yield* wait(waitAll(ws));
});

program('[S104]', 'as_completed_all_done_before', function* (t) {
  const fs = threeOf(t);
  for (const i of [2, 0, 1]) fs[i]?.setResult(i);
  const res: unknown[] = [];
  for (const c of asCompleted(fs, { timeout: 0 })) res.push(yield* wait(c));
  t.log(res.sort());
});

program('[S104]', 'as_completed_timeout_mid', function* (t) {
  const fs = threeOf(t);
  fs[0].setResult('r');
  for (const c of asCompleted(fs, { timeout: 0.02 })) yield* t.attempt('c', c);
  t.log(fs.map(outcome));
});

program('[S104]', 'as_completed_timeout_async', function* (t) {
  const fs = twoOf(t);
  fs[0].setResult('r');
  try {
    yield* wait(
      asyncFor(asCompleted(fs, { timeout: 0.02 }), function* (f) {
        t.log(outcome(f));
      }),
    );
  } catch (e) {
    if (!(e instanceof TimeoutError)) throw e;
    t.log('timeout');
  }
});

program('[S104]', 'as_completed_timeout_all_done_in_time', function* (t) {
  const fs = twoOf(t);
  t.loop.callLater(0.005, () => fs[0].setResult(0));
  t.loop.callLater(0.01, () => fs[1].setResult(1));
  for (const c of asCompleted(fs, { timeout: 1 })) yield* t.attempt('c', c);
});

program('[S105]', 'as_completed_abandon', function* (t) {
  const fs = threeOf(t);
  const it = asCompleted(fs);
  fs[1].setException(new E('1'));
  yield* t.attempt('c', next(it));
  fs[0].setResult('0');
  fs[2].cancel('2');
  for (const c of it) yield* t.attempt('c', c);
});

program('[S105]', 'as_completed_async_resume', function* (t) {
  const fs = threeOf(t);
  const it = asCompleted(fs);
  fs[2].setResult('2');
  yield* wait(
    asyncFor(it, function* (f) {
      t.log(f === fs[2], outcome(f));
      return BREAK;
    }),
  );
  fs[0].cancel('x');
  fs[1].setException(new E('1'));
  yield* wait(
    asyncFor(it, function* (f) {
      t.log(outcome(f));
    }),
  );
});

program('[S106]', 'as_completed_duplicates', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  const its = [...asCompleted([f1, f2, f1])];
  t.log(its.length);
  f2.setResult('b');
  f1.setResult('a');
  for (const c of its) t.log(yield* wait(c));
});

program(
  '[S260]',
  'eager_basic',
  function* (t) {
    t.log('before');
    const a = eager(
      t,
      function* () {
        t.log('in', self().getName());
        yield* turn();
        t.log('later');
        return 'x';
      },
      'eag',
    );
    t.log('after', a.done(), self() !== a);
    t.log(yield* wait(a));
    const b = eager(
      t,
      function* () {
        t.log('q', allTasks().size);
        return 1;
      },
      'q',
    );
    t.log(b.done(), allTasks().size);
  },
  ['generator'],
);

program(
  '[S260]',
  'eager_awaits_done_and_fails',
  function* (t) {
    const f = t.future();
    f.setResult(1);
    const a = eager(t, function* () {
      t.log(yield* wait(f));
      const g = t.future();
      t.loop.callSoon(() => g.setException(new E('g')));
      yield* wait(g);
    });
    t.log(outcome(a));
    yield* t.attempt('a', a);
  },
  ['generator'],
);

program('[S262]', 'eager_nested', function* (t) {
  const inner = function* () {
    t.log('inner', self().getName());
    yield* turn();
    t.log('inner2', self().getName());
  };
  const outer = function* () {
    const i = eager(t, inner, 'i');
    t.log('outer', self().getName());
    yield* wait(i);
    t.log('outer2', self().getName());
  };
  const a = eager(t, outer, 'o');
  t.log('main', self() !== a);
  yield* wait(a);
});

program(
  '[S264]',
  'eager_cancel_self',
  function* (t) {
    let a: Task<unknown> = eager(t, function* () {
      self().cancel('e');
      t.log('on');
      yield* turn();
      t.log('no');
    });
    t.log(outcome(a));
    yield* t.attempt('a', a);
    a = eager(t, function* () {
      self().cancel('e2');
      return 1;
    });
    t.log(outcome(a));
    yield* t.attempt('a', a);
    a = eager(t, function* () {
      throw new E('eg');
    });
    t.log(outcome(a));
    const f = t.future();
    eager(t, function* () {
      f.setResult('from eager');
    });
    t.log(outcome(f));
  },
  ['generator'],
);

program('[S264]', 'eager_cancel_creator', function* (t) {
  let creator: Task<unknown>;
  const go = function* () {
    creator.cancel('by eager');
    yield* turn();
    return 'e';
  };
  yield* t.attempt(
    'm',
    t.spawn(function* () {
      creator = self();
      const e = eager(t, go);
      t.log('made');
      try {
        yield* wait(e);
      } catch (x) {
        t.log(nameOf(x), outcome(e));
        yield* turn();
        t.log(outcome(e));
        throw x;
      }
    }),
  );
});

allTried('wait');
