// Corners of asyncio: each program ran under CPython too (`cpython/cancel.py`), and must give its trace here.
import { Future, type Task } from '@asyncio-ts/futures';
import { gather, sleep } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, E, nameOf, outcome, program, Refuses, self, turn } from './cpython/player.js';

program('[S60]', 'cancel_in_a_callback_before_the_waiter', function* (t) {
  const f = t.future();
  f.addDoneCallback(() => t.log('cb', b.cancel('m')));
  const b: Task<void> = t.waiter('b', f);
  yield* turn();
  f.setResult(5);
  yield* turn();
  t.log('turn');
  yield* turn();
  t.log(outcome(b), b.cancelling());
});

program('[S60]', 'cancel_again_in_handler', function* (t) {
  const f = t.future();
  const b = t.spawn(function* () {
    const me = self();
    try {
      yield* wait(f);
    } catch (e) {
      t.log('c1', nameOf(e));
      me.cancel('again');
    }
    t.log('before');
    try {
      yield* turn();
      t.log('went on');
    } catch (e) {
      t.log('c2', nameOf(e), me.cancelling());
    }
    yield* turn();
    t.log('last');
  });
  yield* turn();
  b.cancel('x');
  yield* t.attempt('aw', b);
});

program('[S60]', 'cancel_in_finally', function* (t) {
  const b = t.spawn(function* () {
    const me = self();
    try {
      return 'value';
    } finally {
      me.cancel('fin');
      try {
        yield* turn();
        t.log('no');
      } catch (e) {
        t.log('fin', nameOf(e));
      }
      t.log('out', me.cancelling());
    }
  });
  yield* t.attempt('aw', b);
});

program('[S60]', 'cancel_self_await_done', function* (t) {
  const f = t.future();
  f.setResult('done');
  const b = t.spawn(function* () {
    const me = self();
    me.cancel('s');
    t.log('got', yield* wait(f));
    const g = t.future();
    try {
      yield* wait(g);
    } catch (e) {
      t.log(nameOf(e), g.cancelled());
    }
    yield* turn();
    return 'ok';
  });
  yield* t.attempt('aw', b);
});

program('[S60]', 'future_cancel_false', function* (t) {
  const f = new Refuses(t);
  const w = t.waiter('w', f);
  yield* turn();
  t.log(w.cancel('m'));
  yield* turn();
  t.log(w.done());
  f.setResult('v');
  yield* t.attempt('aw', w);
});

program('[S60]', 'future_cancel_false_fails', function* (t) {
  class F extends Future<unknown> {
    override cancel() {
      return false;
    }
  }
  const f = new F({ loop: t.loop });
  const w = t.waiter('w', f);
  yield* turn();
  w.cancel('m');
  f.setException(new E('v'));
  yield* t.attempt('aw', w);
});

program('[S60]', 'cancel_woken', function* (t) {
  const f = t.future();
  const w = t.waiter('w', f);
  yield* turn();
  f.setResult(3);
  t.log(w.cancel('m'), w.cancelling());
  yield* turn();
  t.log(outcome(w));
  yield* t.attempt('aw', w);
});

program('[S60]', 'cancel_woken_by_error', function* (t) {
  const f = t.future();
  const w = t.waiter('w', f);
  yield* turn();
  f.setException(new E('q'));
  w.cancel('m');
  yield* t.attempt('aw', w);
});

program('[S60]', 'cancel_between_set_and_wake_other', function* (t) {
  const f = t.future();
  const a = t.waiter('a', f);
  const b = t.waiter('b', f);
  yield* turn();
  f.setResult('r');
  a.cancel('x');
  yield* t.attempt('aa', a);
  yield* t.attempt('bb', b);
});

program('[S61]', 'cancel_first_step_with_waiters', function* (t) {
  const a = t.spawn(function* () {
      t.log('never');
    }),
    w = t.waiter('w', a);
  a.cancel('early');
  yield* t.attempt('aw', w);
  t.log(w.cancelled());
});

program('[S62]', 'cancel_in_finally_without_a_wait', function* (t) {
  const b = t.spawn(function* () {
    try {
      return 'value';
    } finally {
      self().cancel('fin');
    }
  });
  yield* t.attempt('aw', b);
  t.log(outcome(b));
});

program('[S63]', 'cancel_self_await_task', function* (t) {
  const inner = function* () {
    t.log('inner start');
    try {
      yield* wait(sleep(0.01));
    } catch (e) {
      t.log('inner', nameOf(e));
      throw e;
    }
  };
  const go = function* () {
    self().cancel('s');
    const c = t.spawn(inner);
    try {
      yield* wait(c);
    } catch (e) {
      t.log('outer', nameOf(e), c.cancelled());
    }
    return 'z';
  };
  yield* t.attempt('aw', t.spawn(go));
});

program('[S67]', 'cancel_in_a_callback_behind_the_waiter', function* (t) {
  const f = t.future();
  const b = t.waiter('b', f);
  yield* turn();
  f.addDoneCallback(() => t.log('cb', b.cancel('m')));
  f.setResult(5);
  yield* turn();
  t.log('turn');
  yield* turn();
  t.log(outcome(b));
});

program('[S67]', 'cancel_done', function* (t) {
  const ok = function* () {
    return 1;
  };
  const bad = function* () {
    throw new E('b');
  };
  const a = t.spawn(ok);
  const b = t.spawn(bad);
  yield* turn();
  t.log(a.cancel(), b.cancel(), a.cancelling(), b.cancelling(), a.uncancel());
  const c = t.spawn(ok);
  c.cancel();
  yield* turn();
  t.log(c.cancel(), c.cancelling(), c.uncancel(), c.cancelling());
});

program('[S67]', 'cancel_in_own_done_cb', function* (t) {
  const a = t.spawn(function* () {
    return 1;
  });
  a.addDoneCallback((x) => t.log(x === a, x.cancel()));
  yield* wait(a);
  yield* turn();
});

program('[S67]', 'cancel_of_a_task_whose_task_is_done', function* (t) {
  const a = t.spawn(function* () {
      return 'q';
    }),
    w = t.waiter('w', a);
  yield* turn();
  t.log(outcome(a), outcome(w));
  t.log(w.cancel('m'));
  yield* t.attempt('aw', w);
});

program('[S67]', 'cancel_all_siblings', function* (t) {
  const ts: Task<void>[] = [];
  for (let n = 0; n < 3; n++)
    ts.push(
      t.spawn(function* () {
        try {
          yield* wait(sleep(1));
        } catch (e) {
          for (const x of ts) t.log(n, 'cancel', x.cancel(`from ${n}`));
          throw e;
        }
      }),
    );
  yield* turn();
  ts[0]?.cancel('start');
  for (const x of ts) yield* t.attempt('x', x);
  t.log(ts.map((x) => x.cancelling()));
});

program('[S67]', 'task_finishes_in_turn_of_cancel', function* (t) {
  const k = t.spawn(function* () {
      yield* turn();
      return 'w';
    }),
    a = t.waiter('a', k);
  yield* turn();
  yield* turn();
  t.log(outcome(k));
  t.log(a.cancel('x'));
  yield* t.attempt('aa', a);
});

program('[S68]', 'two_messages_while_waiting', function* (t) {
  const f = t.future();
  const b = t.waiter('b', f);
  yield* turn();
  t.log(b.cancel('one'), b.cancel('two'), b.cancelling());
  yield* t.attempt('aw', b);
  t.log(f.cancelled());
});

program('[S68]', 'two_messages_while_ready', function* (t) {
  const b = t.spawn(function* () {
    try {
      yield* turn();
      yield* turn();
    } catch (e) {
      t.log(nameOf(e));
      throw e;
    }
  });
  yield* turn();
  t.log(b.cancel('one'), b.cancel('two'), b.cancelling());
  yield* t.attempt('aw', b);
});

program('[S69]', 'cancel_during_cleanup', function* (t) {
  const b = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      try {
        t.log('cleanup');
        yield* wait(sleep(1));
        t.log('no');
      } catch (e) {
        t.log('again', nameOf(e), self().cancelling());
        throw e;
      }
    }
  });
  yield* turn();
  b.cancel('1');
  yield* turn();
  b.cancel('2');
  yield* t.attempt('aw', b);
  t.log(b.cancelled());
});

program('[S77]', 'cancel_self_raise', function* (t) {
  const b = t.spawn(function* () {
    self().cancel('s');
    throw new E('x');
  });
  yield* t.attempt('aw', b);
  t.log(outcome(b), b.cancelling());
});

program('[S77]', 'cancel_then_error_in_finally_await', function* (t) {
  const b = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      yield* turn();
      throw new E('fin');
    }
  });
  yield* turn();
  b.cancel();
  yield* t.attempt('aw', b);
  t.log(b.cancelled(), b.cancelling());
});

program('[S86]', 'gather_of_one_future_twice', function* (t) {
  const f = t.future();
  const g1 = gather(f);
  const g2 = gather(f);
  t.log(g1.cancel('one'));
  yield* t.attempt('g1', g1);
  yield* t.attempt('g2', g2);
  t.log(g1.cancelled(), g2.cancelled());
});

allTried('cancel');
