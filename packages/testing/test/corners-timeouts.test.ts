// Time limits in odd places: each program ran under CPython too (`cpython/timeouts.py`), and must give its trace here.
import { ValueError } from '@asyncio-ts/loop';
import type { Coroutine } from '@asyncio-ts/futures';
import {
  gather,
  shield,
  sleep,
  TaskGroup,
  type Timeout,
  timeout,
  timeoutAt,
  wait as waitAll,
  waitFor,
} from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, type Corner, nameOf, self, timed } from './cpython/player.js';

type Nested = (c: Corner, inner: Timeout, outer: Timeout) => Generator<unknown, void>;

/** Two nested limits whose deadlines pass while the loop is busy; what the body does is the point. */
function* limits(c: Corner, first: number, second: number, body: Nested): Generator<unknown, void> {
  const [outer, inner] = [timeoutAt(first), timeoutAt(second)];
  const within = c.co(function* () {
    yield* body(c, inner, outer);
    c.log('body over');
  });
  const around = c.co(function* () {
    try {
      yield* wait(inner.use(within));
    } catch (error) {
      c.log('inner raised', nameOf(error), 'cancelling', self().cancelling());
      throw error;
    }
    yield* wait(sleep(0));
    c.log('after inner');
  });
  yield* c.attempt('outer', outer.use(around));
  c.log('expired', inner.expired(), outer.expired());
  yield* c.attempt('next', sleep(0));
}

/** Waits while the deadlines pass behind the back of the loop. */
function* busy(c: Corner): Generator<unknown, void> {
  c.advance(5);
  yield* wait(sleep(10));
}

const cancelledAt = (when: number): Nested =>
  function* (c) {
    const task = self();
    c.at(when, () => task.cancel());
    yield* busy(c);
  };

const movedBetween = (which: 'inner' | 'outer'): Nested =>
  function* (c, inner, outer) {
    c.at(1.5, () => {
      c.log('moved');
      (which === 'inner' ? inner : outer).reschedule(20);
    });
    yield* busy(c);
  };

const bodies: Record<string, Nested> = {
  busy,
  *swallows(c) {
    try {
      yield* busy(c);
    } catch {
      c.log('swallowed');
    }
  },
  *swallows_and_waits(c) {
    try {
      yield* busy(c);
    } catch {
      c.log('swallowed');
    }
    yield* wait(sleep(1));
    c.log('waited');
  },
  *converts(c) {
    try {
      yield* busy(c);
    } catch {
      throw new ValueError('converted');
    }
  },
  reschedules_between: movedBetween('inner'),
  reschedules_outer_between: movedBetween('outer'),
  *removes_both_between(c, inner, outer) {
    c.at(0.5, () => {
      c.log('removed');
      inner.reschedule(null);
      outer.reschedule(null);
    });
    yield* busy(c);
  },
  *cleans_up(c) {
    try {
      yield* wait(sleep(10));
    } finally {
      c.log('cleanup', self().cancelling());
      yield* wait(sleep(3));
      c.log('cleaned up');
    }
  },
  *uncancels(c) {
    try {
      yield* busy(c);
    } catch {
      c.log('uncancel', self().uncancel());
    }
  },
  cancelled_before: cancelledAt(0.5),
  cancelled_between: cancelledAt(1.5),
  cancelled_after: cancelledAt(3),
};

for (const [name, body] of Object.entries(bodies)) {
  timed('[S136]', `inner_first_${name}`, (c) => limits(c, 2, 1, body));
  timed('[S136]', `outer_first_${name}`, (c) => limits(c, 1, 2, body));
}

timed('[S128]', 'limit_in_all_states', function* (c) {
  const limit = timeout(null);
  const tried = (name: string, when: number | null): void => {
    try {
      limit.reschedule(when);
      c.log(name, limit.when(), limit.expired());
    } catch (error) {
      c.log(name, nameOf(error));
    }
  };
  tried('created', 1);
  const body = c.co(function* () {
    tried('entered', 3);
    tried('to the past', -1);
    tried('away', null);
    yield* wait(sleep(1));
    tried('back', 2);
    try {
      yield* wait(sleep(10));
    } catch (error) {
      tried('expiring', 5);
      tried('expiring', null);
      throw error;
    }
  });
  yield* c.attempt('body', limit.use(body));
  tried('expired', 5);
  c.log('when', limit.when());
});

timed('[S127]', 'limit_moved_to_the_past_and_back', function* (c) {
  const limit = timeout(10);
  const body = c.co(function* () {
    limit.reschedule(-1);
    limit.reschedule(5);
    yield* wait(sleep(0));
    c.log('not interrupted');
    limit.reschedule(0);
    limit.reschedule(null);
    yield* wait(sleep(1));
    c.log('not interrupted');
  });
  yield* wait(limit.use(body));
  c.log('expired', limit.expired());
});

timed('[S127]', 'limit_moved_by_another_task', function* (c) {
  const limit = timeout(5);
  const task = c.task(() => limit.use(() => sleep(10)));
  yield* wait(sleep(1));
  limit.reschedule(0);
  c.log('moved');
  yield* c.attempt('task', task);
});

timed('[S125]', 'limit_and_result_in_one_turn', function* (c) {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const base = c.loop.time();
    const future = c.future<string>();
    c.at(base + first, () => future.done() || future.setResult('result'));
    const body = c.co(function* () {
      c.advance(5);
      return yield* wait(future);
    });
    yield* c.attempt(`${first} ${second}`, timeoutAt(base + second).use(body));
    c.log('future', future.cancelled());
  }
});

timed('[S138]', 'limit_left_before_its_handle', function* (c) {
  const future = c.future<string>();
  const limit = timeout(1);
  const body = c.co(function* () {
    c.loop.callSoon(() => {
      future.setResult('result');
      c.advance(5);
    });
    const value = yield* wait(future);
    return `${value} ${limit.expired() ? 'True' : 'False'}`;
  });
  yield* c.attempt('body', limit.use(body));
  yield* c.attempt('next', sleep(0));
});

timed('[S140]', 'limit_swallowed_then_waits', function* (c) {
  const limit = timeout(1);
  const body = c.co(function* () {
    try {
      yield* wait(sleep(10));
    } catch {
      c.log('swallowed', self().cancelling());
    }
    yield* wait(sleep(5));
    c.log('went on', limit.expired());
  });
  yield* wait(limit.use(body));
  c.log('left', self().cancelling());
});

timed('[S134]', 'limit_in_a_cancelled_body', function* (c) {
  const body = c.co(function* () {
    self().cancel();
    c.log('asked');
    yield* wait(timeout(0).use(() => sleep(1)));
  });
  yield* c.attempt(
    'body',
    c.task(() => timeout(5).use(body)),
  );
});

timed('[S133]', 'limit_zero_in_a_task_that_cancels_itself', function* (c) {
  const body = c.co(function* () {
    self().cancel();
    try {
      yield* wait(timeout(0).use(() => sleep(1)));
    } finally {
      c.log('cancelling', self().cancelling());
    }
  });
  yield* c.attempt('body', c.task(body()));
});

timed('[S136]', 'limit_around_wait_for_both_orders', function* (c) {
  for (const [outer, inner] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const base = c.loop.time();
    const slow = c.co(function* () {
      try {
        yield* busy(c);
      } finally {
        c.log('cleanup');
      }
    });
    const body = c.co(function* () {
      try {
        yield* wait(waitFor(slow(), inner));
      } catch (error) {
        c.log('wait_for raised', nameOf(error));
        throw error;
      }
    });
    yield* c.attempt(`${outer} ${inner}`, timeoutAt(base + outer).use(body));
  }
});

timed('[S125]', 'limit_around_gather_and_shield', function* (c) {
  const kept = c.task(c.say('kept', 3));
  const body = c.co(function* () {
    yield* wait(gather(c.say('a', 5), shield(kept), c.say('b', 6)));
  });
  yield* c.attempt('body', timeout(1).use(body));
  yield* c.attempt('kept', kept);
});

timed('[S125]', 'limit_around_wait_leaves_tasks', function* (c) {
  const a = c.task(c.say('a', 2));
  const b = c.task(c.say('b', 3));
  yield* c.attempt(
    'body',
    timeout(1).use(() => waitAll([a, b])),
  );
  yield* c.attempt('a', a);
  yield* c.attempt('b', b);
});

timed('[S145]', 'limit_in_a_child_of_a_group', function* (c) {
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(() => timeout(1).use(() => c.say('child', 10)));
    group.createTask(c.say('sibling', 5));
    yield* wait(c.say('body', 7));
  });
  yield* c.attempt('group', new TaskGroup().use(body));
});

timed('[S143]', 'limit_and_group_failing_in_one_turn', function* (c) {
  for (const when of [0.5, 2]) {
    const base = c.loop.time();
    const child = c.co(function* () {
      yield* wait(c.failing(base + when, new ValueError('child')));
    });
    const body = c.co(function* (group: TaskGroup) {
      group.createTask(child());
      yield* wait(sleep(0));
      yield* busy(c);
    });
    yield* c.attempt(
      `${when}`,
      timeoutAt(base + 1).use(() => new TaskGroup().use(body)),
    );
    yield* c.attempt('next', sleep(0));
  }
});

timed('[S137]', 'limits_three_deep', function* (c) {
  const third = (): Coroutine<void> => timeout(3).use(() => sleep(10));
  const second = c.co(function* () {
    try {
      yield* wait(third());
    } catch {
      c.log('middle swallows');
    }
    yield* c.attempt('middle', sleep(0.5));
  });
  const first = c.co(function* () {
    yield* wait(timeout(2).use(second));
    c.log('first goes on');
    yield* wait(sleep(1));
  });
  yield* c.attempt('first', timeout(1).use(first));
  c.log('cancelling', self().cancelling());
});

allTried('timeouts');
