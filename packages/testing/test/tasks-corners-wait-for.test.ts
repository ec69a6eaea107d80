// Corners of asyncio: each program ran under CPython too (`cpython/wait_for.py`), and must give its trace here.
import { sleep, TimeoutError, waitFor } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, E, nameOf, outcome, program, self, turn } from './cpython/player.js';

program('[S59]', 'wait_for_timeout_future_shared', function* (t) {
  const f = t.future();
  const w1 = t.waiter('w1', waitFor(f, 0.01));
  const w2 = t.waiter('w2', f);
  yield* t.attempt('aw1', w1);
  yield* t.attempt('aw2', w2);
  t.log(w2.cancelled(), w2.cancelling(), w1.cancelled(), w1.cancelling());
});

program('[S72]', 'uncancel_in_except_then_wait', function* (t) {
  const a = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      t.log(self().uncancel());
    }
    try {
      yield* wait(waitFor(t.future(), 0.01));
    } catch (e) {
      t.log(e instanceof TimeoutError ? 'timeout' : nameOf(e), self().cancelling());
    }
    return 'x';
  });
  yield* turn();
  a.cancel();
  yield* t.attempt('a', a);
});

program('[S72]', 'swallow_then_wait_for', function* (t) {
  const a = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      /* */
    }
    try {
      yield* wait(waitFor(t.future(), 0.01));
    } catch (e) {
      t.log(e instanceof TimeoutError ? 'timeout' : 'cancelled', self().cancelling());
    }
    return 'x';
  });
  yield* turn();
  a.cancel();
  yield* t.attempt('a', a);
});

program('[S107]', 'wait_for_self_cancel_inside', function* (t) {
  const inner = t.co(function* () {
    self().cancel('in');
    yield* turn();
    t.log('no');
  });
  yield* t.attempt(
    'aw',
    t.spawn(function* () {
      try {
        yield* wait(waitFor(inner(), 1));
      } catch (e) {
        t.log(nameOf(e), self().cancelling());
        self().uncancel();
      }
      yield* turn();
      return 'ok';
    }),
  );
});

program('[S108]', 'wait_for_done_zero', function* (t) {
  const f = t.future();
  f.setResult('d');
  yield* t.attempt('0', waitFor(f, 0));
  yield* t.attempt('-1', waitFor(f, -1));
  yield* t.attempt('1', waitFor(f, 1));
  const g = t.future();
  yield* t.attempt('g0', waitFor(g, 0));
  t.log(outcome(g));
  const h = t.future();
  h.setException(new E('h'));
  yield* t.attempt('h0', waitFor(h, 0));
  const k = t.future();
  k.cancel('k');
  yield* t.attempt('k0', waitFor(k, 0));
  yield* t.attempt('k1', waitFor(k, 1));
  yield* t.attempt('kN', waitFor(k, null));
});

program('[S109]', 'wait_for_zero_nested', function* (t) {
  let f = t.future();
  const go = t.co(function* () {
    t.log('ran');
    return yield* wait(waitFor(f, 0));
  });
  yield* t.attempt('o', waitFor(go(), 1));
  f = t.future();
  yield* t.attempt('o', waitFor(go(), 0));
});

program('[S110]', 'wait_for_zero_task_turns', function* (t) {
  const go = function* () {
    try {
      t.log('start');
      yield* wait(sleep(1));
    } finally {
      t.log('c');
      yield* turn();
      t.log('c2');
    }
  };
  const a = t.spawn(go);
  yield* turn();
  yield* t.attempt('w', waitFor(a, 0));
  t.log(outcome(a));
  const b = t.spawn(go);
  yield* t.attempt('w', waitFor(b, 0));
  t.log(outcome(b));
});

program('[S110]', 'wait_for_zero_swallow', function* (t) {
  const a = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      t.log('swallowed');
    }
    return 'sw';
  });
  yield* turn();
  yield* t.attempt('w', waitFor(a, 0));
  const b = t.spawn(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      throw new E('cl');
    }
  });
  yield* turn();
  yield* t.attempt('w', waitFor(b, 0));
});

program('[S111]', 'wait_for_nested', function* (t) {
  let f = t.future();
  yield* t.attempt('outer', waitFor(waitFor(f, 0.01), 0.05));
  t.log(outcome(f));
  f = t.future();
  yield* t.attempt('outer', waitFor(waitFor(f, 0.05), 0.01));
  t.log(outcome(f));
});

program('[S112]', 'wait_for_inner_swallow_cancel_outer', function* (t) {
  const go = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      t.log('sw');
      yield* wait(sleep(0.01));
    }
    return 'late';
  });
  const w = t.spawn(function* () {
    try {
      return yield* wait(waitFor(go(), 10));
    } finally {
      t.log('outer fin', self().cancelling());
    }
  });
  yield* turn();
  w.cancel('m');
  yield* t.attempt('aw', w);
  t.log(w.cancelling());
});

program('[S113]', 'wait_for_task_raises_timeout_itself', function* (t) {
  yield* t.attempt(
    'a',
    waitFor(
      t.co(function* () {
        throw new TimeoutError();
      })(),
      1,
    ),
  );
  yield* t.attempt(
    'b',
    waitFor(
      t.spawn(function* () {
        try {
          yield* wait(sleep(1));
        } catch {
          throw new TimeoutError();
        }
      }),
      0.01,
    ),
  );
});

program('[S116]', 'wait_for_none_cancel', function* (t) {
  const f = t.future();
  const w = t.waiter('w', waitFor(f, null));
  yield* turn();
  t.log(w.cancel('n'));
  yield* t.attempt('aw', w);
  t.log(outcome(f));
});

program('[S117]', 'wait_for_timeout_and_cancel_same_turn', function* (t) {
  const f = t.future();
  const w = t.spawn(function* () {
    try {
      return yield* wait(waitFor(f, 0.01));
    } finally {
      t.log('fin', self().cancelling());
    }
  });
  yield* turn();
  t.loop.callLater(0.01, () => {});
  f.addDoneCallback(() => t.log('cb', w.cancel('late')));
  yield* t.attempt('aw', w);
  t.log(w.cancelling());
});

program('[S117]', 'wait_for_inner_finishes_as_cancelled', function* (t) {
  const f = t.future();
  const w = t.waiter('w', waitFor(f, 10));
  yield* turn();
  f.setResult('r');
  t.log(w.cancel('m'));
  yield* t.attempt('aw', w);
  t.log(outcome(f));
});

program('[S118]', 'wait_for_cancel_zero_while_waiting', function* (t) {
  const a = t.spawn(function* () {
    for (;;) {
      try {
        yield* wait(sleep(0.02));
        return 'end';
      } catch (e) {
        t.log('no', nameOf(e));
      }
    }
  });
  yield* turn();
  const w = t.waiter('w', waitFor(a, 0));
  yield* turn();
  yield* turn();
  t.log(w.cancel('c'));
  yield* t.attempt('aw', w);
  t.log(outcome(a));
  yield* t.attempt('a', a);
});

allTried('wait_for');
