// Corners of asyncio: each program ran under CPython too (`cpython/futures.py`), and must give its trace here.
import { BaseEventLoop, RuntimeError, ValueError, VirtualSelector } from '@asyncio-ts/loop';
import { CancelledError, ensureFuture, Future, type Task } from '@asyncio-ts/futures';
import { sleep, wait as waitAll } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, E, nameOf, outcome, program, turn } from './cpython/player.js';

function anotherLoop(): BaseEventLoop {
  return new BaseEventLoop({ selector: new VirtualSelector() });
}

program('[S2]', 'set_result_in_a_callback', function* (t) {
  const f = t.future();
  f.addDoneCallback((x) => x.setResult(2));
  f.setResult(1);
  yield* turn();
  t.log(outcome(f));
  yield* turn();
});

program('[S4]', 'cancel_message_types', function* (t) {
  for (const m of [null, undefined, 0, '', false]) {
    const f = t.future();
    f.cancel(m);
    yield* t.attempt('f', f);
  }
});

program('[S4]', 'cancelled_error_args_many_awaits', function* (t) {
  const f = t.future();
  f.cancel('m');
  yield* t.attempt('1', f);
  yield* t.attempt('2', f);
  try {
    f.exception();
  } catch (e) {
    t.log(nameOf(e));
  }
});

program('[S6]', 'a_done_callback_fails', function* (t) {
  const f = t.future();
  f.addDoneCallback(() => {
    t.log('bad');
    throw new E('cb');
  });
  f.addDoneCallback(() => t.log('good'));
  const w = t.waiter('w', f);
  yield* turn();
  f.setResult(1);
  yield* t.attempt('aw', w);
});

program('[S6]', 'order_of_callbacks_and_waiters', function* (t) {
  const a = t.spawn(function* () {
    return 1;
  });
  a.addDoneCallback(() => t.log('cb1'));
  const w = t.waiter('w1', a);
  yield* turn();
  a.addDoneCallback(() => t.log('cb2'));
  const w2 = t.waiter('w2', a);
  t.log('here');
  yield* wait(w);
  yield* wait(w2);
  yield* turn();
});

program('[S6]', 'call_soon_in_a_callback', function* (t) {
  const f = t.future();
  f.addDoneCallback(() => {
    t.log('a');
    t.loop.callSoon((x) => t.log(x), 'soon');
  });
  f.addDoneCallback(() => t.log('b'));
  t.loop.callSoon((x) => t.log(x), 's1');
  f.setResult(1);
  t.loop.callSoon((x) => t.log(x), 's2');
  yield* turn();
  t.log('turn');
  yield* turn();
  t.log('turn2');
});

program('[S6]', 'order_of_callbacks_after_a_cancel', function* (t) {
  const a = t.spawn(function* () {
    yield* wait(sleep(1));
  });
  a.addDoneCallback((x) => t.log('cb', x.cancelled()));
  t.waiter('w', a);
  yield* turn();
  yield* turn();
  a.cancel('q');
  t.loop.callSoon(() => t.log('soon'));
  for (let i = 0; i < 4; i++) {
    yield* turn();
    t.log(i);
  }
});

program('[S6]', 'a_done_callback_raises_cancelled', function* (t) {
  const f = t.future();
  f.addDoneCallback(() => {
    throw new CancelledError('cb');
  });
  f.setResult(1);
  yield* turn();
  t.log('on');
});

program('[S7]', 'remove_done_callback_of_task', function* (t) {
  const a = t.spawn(function* () {
    return 1;
  });
  const cb = () => t.log('cb');
  a.addDoneCallback(cb);
  a.addDoneCallback(cb);
  t.log(a.removeDoneCallback(cb));
  yield* wait(a);
  yield* turn();
  t.log(a.removeDoneCallback(cb));
});

program('[S9]', 'callbacks_remove_callbacks', function* (t) {
  const f = t.future();
  const a = () => {
    t.log('a', f.removeDoneCallback(b), f.removeDoneCallback(c));
    f.addDoneCallback(dd);
  };
  const b = () => t.log('b');
  const c = () => t.log('c');
  const dd = () => t.log('d');
  f.addDoneCallback(a);
  f.addDoneCallback(b);
  f.addDoneCallback(c);
  f.addDoneCallback(b);
  f.setResult(1);
  t.log('set');
  yield* turn();
  t.log('1');
  yield* turn();
  t.log('2');
  yield* turn();
});

program('[S10]', 'a_callback_adds_itself_again', function* (t) {
  const f = t.future();
  let n = 0;
  const a = () => {
    n++;
    t.log('a', n);
    if (n < 3) f.addDoneCallback(a);
  };
  f.addDoneCallback(a);
  f.cancel();
  for (let i = 0; i < 4; i++) {
    yield* turn();
    t.log('turn');
  }
});

program('[S12]', 'set_exception_class', function* (t) {
  const f = t.future();
  f.setException(ValueError);
  t.log(nameOf(f.exception()));
  try {
    f.setException(new E('x'));
  } catch {
    t.log('ise');
  }
});

program('[S19]', 'await_done_task_no_suspend', function* (t) {
  const a = t.spawn(function* () {
    return 1;
  });
  yield* turn();
  t.loop.callSoon((x) => t.log(x), 'soon');
  yield* wait(a);
  yield* wait(a);
  t.log('no turn');
  yield* turn();
});

program('[S30]', 'two_waiters_same_error', function* (t) {
  const f = t.future();
  const got: unknown[] = [];
  const go = function* () {
    try {
      yield* wait(f);
    } catch (e) {
      got.push(e);
    }
  };
  const a = t.spawn(go);
  const b = t.spawn(go);
  yield* turn();
  f.setException(new E('s'));
  yield* wait(a);
  yield* wait(b);
  t.log(got[0] === got[1]);
});

program('[S32]', 'foreign_coroutine', function* (t) {
  class C {
    n = 0;
    readonly f = t.future();
    next(): IteratorResult<unknown, string> {
      this.n++;
      t.log('send', this.n);
      if (this.n === 1) return { value: undefined, done: false };
      if (this.n === 2) {
        return { value: this.f, done: false };
      }
      return { value: 'ret', done: true };
    }
    throw(e: unknown): IteratorResult<unknown, string> {
      t.log('throw', nameOf(e));
      return { value: 'thrown', done: true };
    }
    return(): IteratorResult<unknown, string> {
      t.log('close');
      return { value: 'closed', done: true };
    }
  }
  let c = new C();
  let a = t.task(c);
  yield* turn();
  yield* turn();
  c.f.setResult(1);
  yield* t.attempt('a', a);
  c = new C();
  a = t.task(c);
  yield* turn();
  yield* turn();
  a.cancel('m');
  yield* t.attempt('a', a);
  t.log(outcome(a));
  c = new C();
  a = t.task(c);
  a.cancel('m');
  yield* t.attempt('a', a);
  t.log(outcome(a));
});

program('[S33]', 'coroutine_reuse', function* (t) {
  const x = t.co(function* () {
    yield* turn();
    return 1;
  })();
  t.log(yield* wait(x));
  try {
    yield* wait(x);
  } catch (e) {
    t.log(e instanceof RuntimeError ? 'rt' : e);
  }
});

program('[S33]', 'coroutine_awaited_by_two', function* (t) {
  const x = t.co(function* () {
    yield* turn();
    return 1;
  })();
  const a = t.waiter('a', x);
  const b = t.waiter('b', x);
  yield* wait(waitAll([a, b]));
  b.exception();
});

program('[S34]', 'task_result_is_future', function* (t) {
  const f = t.future();
  const r = yield* wait(
    t.spawn(function* () {
      return [f];
    }),
  );
  t.log(r[0] === f, outcome(f));
});

program('[S35]', 'other_loop', function* (t) {
  const l2 = anotherLoop();
  const f = new Future({ loop: l2 });
  const w = t.spawn(function* () {
    try {
      yield* wait(f);
    } catch (e) {
      if (e instanceof RuntimeError) t.log('rt');
      else throw e;
    }
    yield* turn();
    return 'on';
  });
  yield* t.attempt('aw', w);
  t.log(outcome(f));
  l2.close();
});

program('[S35]', 'other_loop_done', function* (t) {
  const l2 = anotherLoop();
  const f = new Future<unknown>({ loop: l2 });
  f.setResult('ok');
  yield* t.attempt('f', f);
  l2.close();
});

program('[S35]', 'other_loop_cancelled_meanwhile', function* (t) {
  const l2 = anotherLoop();
  const f = new Future<unknown>({ loop: l2 });
  const w = t.waiter('w', f);
  yield* turn();
  t.log(w.cancel('m'));
  yield* t.attempt('aw', w);
  t.log(outcome(f));
  l2.close();
});

program('[S36]', 'await_self', function* (t) {
  const me: Task<string> = t.spawn(function* () {
    try {
      yield* wait(me);
    } catch (e) {
      if (e instanceof RuntimeError) t.log('rt');
      else throw e;
    }
    yield* turn();
    return 'on';
  });
  yield* t.attempt('aw', me);
});

program('[S51]', 'ensure_future_variants', function* (t) {
  const f = t.future();
  t.log(ensureFuture(f) === f);
  const a = ensureFuture(sleep(0, 's'));
  t.log(yield* wait(a));
  try {
    ensureFuture(5 as never);
  } catch {
    t.log('te');
  }
});

allTried('futures');
