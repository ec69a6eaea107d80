// Corners of asyncio: each program ran under CPython too (`cpython/uncancel.py`), and must give its trace here.
import { CancelledError, Future, type Task } from '@asyncio-ts/futures';
import { sleep } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, E, nameOf, outcome, program, Refuses, self, turn } from './cpython/player.js';

program('[S58]', 'future_cancel_raises', function* (t) {
  class F extends Future<unknown> {
    override cancel(): boolean {
      throw new E('no');
    }
  }
  const f = new F({ loop: t.loop });
  const w = t.waiter('w', f);
  yield* turn();
  try {
    w.cancel('m');
  } catch (e) {
    t.log('raised', nameOf(e), w.cancelling());
  }
  f.setResult('v');
  yield* t.attempt('aw', w);
});

program('[S58]', 'cancel_behind_a_chain_of_callbacks', function* (t) {
  const a = t.future();
  const b = t.future();
  a.addDoneCallback(() => {
    if (!b.done()) b.setResult('via cb');
    else t.log('b done');
  });
  const w = t.waiter('w', b);
  yield* turn();
  a.setResult(1);
  w.cancel('m');
  yield* t.attempt('aw', w);
  yield* turn();
});

program('[S59]', 'cancel_waiter_of_shared_task', function* (t) {
  const k = t.spawn(function* () {
      try {
        yield* wait(sleep(1));
      } catch (e) {
        t.log('work', nameOf(e));
        throw e;
      }
    }),
    a = t.waiter('a', k),
    b = t.waiter('b', k);
  yield* turn();
  yield* turn();
  a.cancel('x');
  for (let i = 0; i < 4; i++) {
    yield* turn();
    t.log(outcome(k), outcome(a), outcome(b));
  }
  t.log(k.cancelling(), a.cancelling(), b.cancelling());
});

program('[S65]', 'cancel_waiter_of_swallowing_task', function* (t) {
  const k = t.spawn(function* () {
      try {
        yield* wait(sleep(1));
      } catch (e) {
        t.log('sw', nameOf(e));
      }
      return 'result';
    }),
    a = t.waiter('a', k);
  yield* turn();
  yield* turn();
  a.cancel('x');
  yield* t.attempt('aa', a);
  t.log(a.cancelling(), outcome(k));
});

program('[S66]', 'two_cancels_are_swallowed_as_one', function* (t) {
  const f = t.future();
  const b = t.spawn(function* () {
    try {
      yield* wait(f);
    } catch (e) {
      t.log('c1', nameOf(e), self().cancelling());
    }
    try {
      yield* turn();
      t.log('went on');
    } catch (e) {
      t.log('c2', nameOf(e));
    }
    return 'end';
  });
  yield* turn();
  b.cancel('one');
  b.cancel('two');
  yield* t.attempt('aw', b);
  t.log(b.cancelling());
});

program('[S66]', 'await_in_except_of_cancel', function* (t) {
  const f = t.future();
  const a = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch (e) {
      t.log(yield* wait(f));
      throw e;
    }
  });
  yield* turn();
  a.cancel('m');
  yield* turn();
  t.log(outcome(a));
  f.setResult('cleanup value');
  yield* t.attempt('a', a);
});

program('[S69]', 'two_uncancel_floor', function* (t) {
  const a = t.spawn(function* () {
    yield* wait(sleep(1));
  });
  yield* turn();
  t.log(a.uncancel(), a.cancelling());
  a.cancel();
  t.log(a.uncancel(), a.uncancel());
  yield* t.attempt('a', a);
});

program('[S70]', 'uncancel_when_waiting', function* (t) {
  const f = t.future();
  const b = t.waiter('b', f);
  yield* turn();
  b.cancel('x');
  t.log(b.uncancel());
  yield* t.attempt('aw', b);
});

program('[S70]', 'uncancel_when_waiting_two', function* (t) {
  const f = t.future();
  const b = t.spawn(function* () {
    try {
      yield* wait(f);
    } catch (e) {
      t.log('c1', nameOf(e));
    }
    yield* turn();
    t.log('second ok');
    yield* turn();
    return 'fine';
  });
  yield* turn();
  b.cancel('x');
  b.cancel('y');
  b.uncancel();
  t.log(b.uncancel(), b.uncancel());
  yield* t.attempt('aw', b);
});

program('[S71]', 'uncancel_before_start', function* (t) {
  const b = t.spawn(function* () {
    t.log('ran');
    return self().cancelling();
  });
  b.cancel('x');
  t.log(b.uncancel());
  yield* t.attempt('aw', b);
});

program('[S71]', 'uncancel_one_of_two_before_start', function* (t) {
  const b = t.spawn(function* () {
    t.log('ran');
  });
  b.cancel('x');
  b.cancel('y');
  t.log(b.uncancel());
  yield* t.attempt('aw', b);
});

program('[S71]', 'uncancel_then_cancel', function* (t) {
  const b = t.spawn(function* () {
    try {
      yield* turn();
      t.log('ok');
    } catch (e) {
      t.log(nameOf(e));
    }
  });
  yield* turn();
  b.cancel('a');
  b.uncancel();
  b.cancel('b');
  yield* t.attempt('aw', b);
  t.log(b.cancelling());
});

program('[S71]', 'uncancel_inside_self', function* (t) {
  yield* t.attempt(
    'aw',
    t.spawn(function* () {
      const me = self();
      me.cancel('a');
      t.log(me.cancelling(), me.uncancel());
      yield* turn();
      t.log('still');
      me.cancel('b');
      me.cancel('c');
      t.log(me.uncancel());
      try {
        yield* turn();
      } catch (e) {
        t.log(nameOf(e), me.uncancel());
      }
      return 'r';
    }),
  );
});

program('[S71]', 'future_cancel_false_then_uncancel', function* (t) {
  const f = new Refuses(t);
  const w = t.waiter('w', f);
  yield* turn();
  t.log(w.cancel('m'), w.uncancel());
  f.setResult('v');
  yield* t.attempt('aw', w);
});

program('[S71]', 'cancel_woken_uncancel', function* (t) {
  const f = t.future();
  const w = t.waiter('w', f);
  yield* turn();
  f.setResult(3);
  w.cancel('m');
  w.uncancel();
  yield* t.attempt('aw', w);
});

program('[S73]', 'a_message_through_a_chain', function* (t) {
  const f = t.future();
  const tc = t.spawn(function* () {
    try {
      yield* wait(f);
    } catch (e) {
      t.log('c', nameOf(e));
      throw e;
    }
  });
  const tb = t.spawn(function* () {
    try {
      yield* wait(tc);
    } catch (e) {
      t.log('b', nameOf(e));
      throw e;
    }
  });
  const ta = t.spawn(function* () {
    try {
      yield* wait(tb);
    } catch (e) {
      t.log('a', nameOf(e));
      throw e;
    }
  });
  yield* turn();
  yield* turn();
  ta.cancel('msg');
  t.log(ta.cancelling(), tb.cancelling(), tc.cancelling());
  for (let i = 0; i < 4; i++) {
    yield* turn();
    t.log(outcome(f), outcome(tc), outcome(tb), outcome(ta));
  }
  yield* t.attempt('aw', ta);
});

program('[S73]', 'reraised_with_another_message', function* (t) {
  const f = t.future();
  const b = t.spawn(function* () {
    try {
      yield* wait(f);
    } catch {
      throw new CancelledError('other');
    }
  });
  yield* turn();
  b.cancel('orig');
  yield* t.attempt('aw', b);
  t.log(b.cancelled());
});

program('[S73]', 'cancel_returns_after_handler_cancels_child', function* (t) {
  const p = t.spawn(function* () {
    const c = t.spawn(function* () {
      try {
        yield* wait(sleep(1));
      } catch (e) {
        t.log('child', nameOf(e));
        throw e;
      }
    });
    try {
      yield* wait(sleep(1));
    } catch (x) {
      c.cancel('by parent');
      try {
        yield* wait(c);
      } catch (e) {
        t.log('p', nameOf(e), self().cancelling());
      }
      throw x;
    }
  });
  yield* turn();
  yield* turn();
  p.cancel('top');
  yield* t.attempt('p', p);
});

program('[S75]', 'cancel_of_nested_coroutines', function* (t) {
  const c = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } finally {
      t.log('c');
      yield* turn();
      t.log('c2');
    }
  });
  const x = t.spawn(function* () {
    try {
      yield* wait(c());
    } finally {
      t.log('b');
      yield* turn();
      t.log('b2');
    }
  });
  yield* turn();
  x.cancel('m');
  for (let i = 0; i < 5; i++) {
    yield* turn();
    t.log(i, outcome(x));
  }
});

program('[S75]', 'deep_chain_of_tasks_cancel', function* (t) {
  const deep = t.co(function* (n: number): Generator<unknown, void> {
    try {
      if (n === 0) yield* wait(sleep(1));
      else yield* wait(t.task(deep(n - 1)));
    } catch (e) {
      t.log(n, nameOf(e));
      throw e;
    }
  });
  const a = t.task(deep(4));
  for (let i = 0; i < 7; i++) yield* turn();
  a.cancel('d');
  yield* t.attempt('a', a);
});

program('[S78]', 'raise_cancelled_spontaneously', function* (t) {
  const b = t.spawn(function* () {
    throw new CancelledError('self made');
  });
  yield* t.attempt('aw', b);
  t.log(b.cancelled(), b.cancelling());
});

program('[S78]', 'set_cancelled_exception_on_future', function* (t) {
  const f = t.future();
  f.setException(new CancelledError('as exc'));
  t.log(f.cancelled(), nameOf(f.exception()));
  const w = t.waiter('w', f);
  yield* t.attempt('aw', w);
  t.log(w.cancelled());
});

program('[S78]', 'cancel_mid_deep_chain', function* (t) {
  const ts: Record<number, Task<unknown>> = {};
  const deep = t.co(function* (n: number): Generator<unknown, string | null> {
    ts[n] = self();
    try {
      if (n === 0) yield* wait(sleep(1));
      else yield* wait(t.task(deep(n - 1)));
    } catch (e) {
      t.log(n, nameOf(e), self().cancelling());
      if (n === 2) return 'stop here';
      throw e;
    }
    t.log(n, 'normal');
    return null;
  });
  const a = t.task(deep(4));
  for (let i = 0; i < 7; i++) yield* turn();
  ts[1]?.cancel('mid');
  yield* t.attempt('a', a);
});

allTried('uncancel');
