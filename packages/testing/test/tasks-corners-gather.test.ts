// Corners of asyncio: each program ran under CPython too (`cpython/gather.py`), and must give its trace here.
import { gather, shield, sleep, wait as waitAll } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, E, nameOf, outcome, program, turn } from './cpython/player.js';

program('[S59]', 'gather_same_future_other_gather_wins', function* (t) {
  const f = t.future();
  const h = t.future();
  const g1 = gather(f, h);
  const g2 = gather(h);
  g1.cancel('one');
  t.log(outcome(f), outcome(h));
  yield* t.attempt('g2', g2);
  yield* t.attempt('g1', g1);
});

program('[S80]', 'gather_empty_inside', function* (t) {
  t.log(
    `[${yield* wait(gather())}] [[${(yield* wait(gather(gather(), gather()))).map(String).join('], [')}]]`,
  );
});

program('[S81]', 'gather_callback_cancels_sibling', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  f1.addDoneCallback(() => t.log('cb', f2.cancel('sib')));
  const g = gather(f1, f2);
  f1.setException(new E('one'));
  yield* t.attempt('g', g);
  t.log(f2.cancelled());
});

program('[S81]', 'gather_two_fail_same_turn', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  const g = gather(f1, f2);
  f2.setException(new E('two'));
  f1.setException(new E('one'));
  yield* t.attempt('g', g);
});

program('[S81]', 'gather_done_and_pending', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  f1.setException(new E('pre'));
  const g = gather(f2, f1);
  t.log(g.done());
  yield* t.attempt('g', g);
  f2.setResult(0);
  const f3 = t.future();
  f3.setResult(3);
  const one = gather(f3);
  t.log(one.done(), yield* wait(one));
});

program('[S82]', 'gather_first_error_then_outer_cancel', function* (t) {
  const a = t.future();
  const b = t.future();
  const g = gather(a, b);
  a.setException(new E('a'));
  yield* turn();
  t.log(g.done(), g.cancel('late'), outcome(b));
  yield* t.attempt('g', g);
  b.setException(new E('b'));
  yield* turn();
});

program('[S83]', 'gather_child_cancelled', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  const g = gather(f1, f2);
  f1.cancel('c');
  yield* turn();
  t.log(g.done(), g.cancelled());
  t.log('exc', nameOf(g.exception()));
  const w = t.waiter('w', g);
  yield* t.attempt('aw', w);
  t.log(w.cancelled(), w.cancelling());
  t.log(g.cancel());
  f2.setResult(1);
});

program('[S84]', 'gather_child_cancelled_return_exceptions', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  const g = gather([f1, f2], { returnExceptions: true });
  f1.cancel('c');
  yield* turn();
  t.log(g.done());
  f2.setException(new E('z'));
  const r = yield* wait(g);
  t.log(r.map(nameOf));
});

program('[S85]', 'gather_duplicates', function* (t) {
  const f = t.future();
  const g = gather(f, f, f);
  f.setResult('x');
  t.log(yield* wait(g));
  const h = t.future();
  const g2 = gather([h, h], { returnExceptions: true });
  h.cancel('k');
  const r = yield* wait(g2);
  t.log(r.map(nameOf), r[0] === r[1]);
});

program('[S86]', 'gather_of_gathers_cancel', function* (t) {
  const leaf = t.co(function* (n) {
    try {
      yield* wait(sleep(1));
    } catch (e) {
      t.log(n, nameOf(e));
      throw e;
    } finally {
      t.log('fin', n);
    }
  });
  const g = gather(gather(leaf(1), leaf(2)), gather(leaf(3), leaf(4)));
  yield* turn();
  t.log(g.cancel('m'));
  t.log(g.done());
  yield* t.attempt('g', g);
  t.log(g.cancelled());
});

program('[S86]', 'gather_cancel_child_raises', function* (t) {
  const a = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      throw new E('from a');
    }
  });
  const b = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } finally {
      yield* turn();
      t.log('b done');
    }
  });
  const g = gather(a(), b());
  yield* turn();
  t.log(g.cancel('m'));
  yield* t.attempt('g', g);
  t.log('after');
  yield* turn();
  yield* turn();
});

program('[S86]', 'gather_cancel_some_done', function* (t) {
  const f1 = t.future();
  const f2 = t.future();
  const g = gather(f1, f2);
  f1.setResult(1);
  yield* turn();
  t.log(g.cancel('q'), f2.cancelled(), g.done());
  yield* t.attempt('g', g);
  t.log(g.cancel());
});

program('[S86]', 'gather_cancel_twice', function* (t) {
  const slow = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } catch (e) {
      t.log('c', nameOf(e));
      yield* turn();
      throw e;
    }
  });
  const g = gather(slow());
  yield* turn();
  t.log(g.cancel('a'));
  yield* turn();
  t.log(g.cancel('b'));
  yield* t.attempt('g', g);
});

program('[S87]', 'gather_cancel_child_swallows', function* (t) {
  const sw = t.co(function* () {
    try {
      yield* wait(sleep(1));
    } catch {
      t.log('swallow');
    }
    return 'v';
  });
  const g = gather(sw(), sw());
  yield* turn();
  g.cancel('m');
  yield* t.attempt('g', g);
  t.log(g.cancelled(), g.cancelled() ? '' : nameOf(g.exception()));
});

program('[S87]', 'gather_cancel_then_child_cancelled_elsewhere', function* (t) {
  const a = t.future();
  const b = t.future();
  const g = gather([a, b], { returnExceptions: true });
  a.cancel('self');
  yield* turn();
  t.log(g.done());
  g.cancel('g');
  yield* t.attempt('g', g);
});

program('[S88]', 'gather_cancel_same_turn_done', function* (t) {
  const f = t.future();
  const g = gather(f);
  const w = t.waiter('w', g);
  yield* turn();
  f.setResult(1);
  t.log(w.cancel('l'), w.cancelling());
  yield* t.attempt('aw', w);
  t.log(outcome(g));
});

program('[S88]', 'gather_cancel_when_outer_done', function* (t) {
  const f = t.future();
  const g = gather(f);
  const w = t.waiter('w', g);
  yield* turn();
  f.setResult(1);
  yield* turn();
  t.log(g.done(), w.cancel('l'));
  yield* t.attempt('aw', w);
  t.log(outcome(g));
});

program('[S119]', 'shield_shield', function* (t) {
  const f = t.future();
  const s1 = shield(f);
  const s2 = shield(s1);
  const w = t.waiter('w', s2);
  yield* turn();
  t.log(w.cancel('m'));
  yield* t.attempt('aw', w);
  t.log(outcome(s2), outcome(s1), outcome(f));
  f.setResult(9);
  yield* turn();
  yield* turn();
  t.log(outcome(s1));
});

program('[S119]', 'shield_both_same_turn', function* (t) {
  const f = t.future();
  const s = shield(f);
  f.setResult(1);
  t.log(s.cancel('z'));
  yield* t.attempt('s', s);
  t.log(outcome(f));
});

program('[S119]', 'shield_waiter_cancel_inner_done_same_turn', function* (t) {
  const f = t.future();
  const s = shield(f);
  const w = t.waiter('w', s);
  yield* turn();
  f.setResult(1);
  t.log(w.cancel('c'));
  yield* t.attempt('aw', w);
  t.log(outcome(s), outcome(f));
});

program('[S119]', 'waiter_cancelled_then_result', function* (t) {
  const f = t.future();
  const w1 = t.waiter('w1', shield(f));
  const w2 = t.waiter('w2', f);
  yield* turn();
  w1.cancel('a');
  yield* turn();
  f.setResult('r');
  yield* t.attempt('aw1', w1);
  yield* t.attempt('aw2', w2);
});

program('[S119]', 'shield_two_cancel_one', function* (t) {
  const f = t.future();
  const s1 = shield(f);
  const s2 = shield(f);
  s1.cancel('1');
  f.setResult('r');
  yield* t.attempt('s1', s1);
  yield* t.attempt('s2', s2);
});

program('[S119]', 'shield_cancel_message', function* (t) {
  const f = t.future();
  const w = t.spawn(function* () {
    try {
      yield* wait(shield(f));
    } catch (e) {
      t.log(nameOf(e));
      t.log(yield* wait(f));
    }
    return 'after';
  });
  yield* turn();
  w.cancel('msg');
  yield* turn();
  t.loop.callSoon(() => f.setResult(7));
  yield* t.attempt('aw', w);
});

program('[S120]', 'shield_inner_cancel', function* (t) {
  const f = t.future();
  const s = shield(f);
  f.cancel('im');
  t.log(s.done());
  yield* t.attempt('s', s);
  t.log(s.cancelled());
});

program('[S120]', 'shield_both_cancel_same_turn', function* (t) {
  const f = t.future();
  const s = shield(f);
  t.log(s.cancel('a'), f.cancel('b'));
  yield* t.attempt('s', s);
  yield* t.attempt('f', f);
});

program('[S121]', 'shield_fail_with_waiter', function* (t) {
  const f = t.future();
  const s = shield(f);
  const w = t.waiter('w', s);
  yield* turn();
  f.setException(new E('s'));
  yield* t.attempt('aw', w);
});

program('[S121]', 'shield_already_cancelled', function* (t) {
  const f = t.future();
  f.cancel('pre');
  t.log(shield(f) === f);
  yield* t.attempt('s', shield(f));
});

program('[S121]', 'error_then_wait_then_shield', function* (t) {
  const f = t.future();
  f.setException(new E('x'));
  t.log(shield(f) === f);
  const [dn] = yield* wait(waitAll([f]));
  t.log([...dn].map(outcome));
  yield* t.attempt('g', gather(f));
  const r = yield* wait(gather([f], { returnExceptions: true }));
  t.log(nameOf(r[0]));
});

allTried('gather');
