// Task groups in odd places: each program ran under CPython too (`cpython/groups.py`), and must give its trace here.
import { RuntimeError, ValueError } from '@asyncio-ts/loop';
import {
  CancelledError,
  closeCoroutine,
  type Coroutine,
  setTaskFactory,
  type Task,
  type TaskBody,
} from '@asyncio-ts/futures';
import { eagerTaskFactory, gather, shield, sleep, TaskGroup } from '@asyncio-ts/tasks';
import { wait } from '@asyncio-ts/testing';

import { allTried, type Corner, E, generators, self, timed } from './cpython/player.js';

/** A group with these children, and a body that waits for this, if anything. */
function groupOf(
  c: Corner,
  children: readonly TaskBody<unknown>[],
  body?: PromiseLike<unknown>,
): Coroutine<void> {
  return new TaskGroup().use(
    c.co(function* (group: TaskGroup) {
      for (const child of children) group.createTask(child);
      if (body !== undefined) yield* wait(body);
    }),
  );
}

function fails(c: Corner, name: string, seconds = 0): Coroutine<void> {
  return c.co(function* () {
    yield* wait(sleep(seconds));
    throw new ValueError(name);
  })();
}

/** A coroutine that waits for a future made when it starts. */
function failsAt(c: Corner, when: number, error: Error): Coroutine<void> {
  return c.co(function* () {
    yield* wait(c.failing(when, error));
  })();
}

timed('[S157]', 'group_cancelled_and_child_failing_in_one_turn', function* (c) {
  for (const [cancel, fail] of [
    [1, 2],
    [2, 1],
  ] as const) {
    for (const waits of [true, false]) {
      const base = c.loop.time();
      const parent = c.co(function* () {
        const body = waits ? c.say('body', 30) : undefined;
        const child = failsAt(c, base + fail, new ValueError('child'));
        yield* c.attempt('group', groupOf(c, [child, c.say('sibling', 40)], body));
        yield* c.attempt('next', sleep(0));
        yield* c.attempt('after next', sleep(0));
      });
      const task = c.task(parent());
      c.at(base + cancel, () => c.log('cancel', task.cancel()));
      for (let i = 0; i < 3; i++) yield* wait(sleep(0));
      c.advance(5);
      yield* c.attempt(`${cancel} ${fail} ${waits ? 'True' : 'False'}`, task);
    }
  }
});

timed('[S150]', 'group_cancelled_and_child_failing_in_cleanup', function* (c) {
  const cleaning = c.co(function* () {
    try {
      yield* wait(sleep(10));
    } finally {
      yield* wait(sleep(1));
      yield* rethrow(new ValueError('cleanup'));
    }
  });
  const parent = c.co(function* () {
    yield* c.attempt('group', groupOf(c, [cleaning(), c.stubborn('stubborn', 10, 3)]));
    yield* c.attempt('next', sleep(0));
  });
  const task = c.task(parent());
  yield* wait(sleep(1));
  task.cancel();
  yield* c.attempt('parent', task);
});

timed('[S152]', 'group_body_and_child_failing_in_one_turn', function* (c) {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const base = c.loop.time();
    const body = c.co(function* () {
      yield* wait(sleep(0));
      c.advance(5);
      yield* wait(failsAt(c, base + first, new ValueError('body')));
    });
    const child = failsAt(c, base + second, new E('child'));
    yield* c.attempt(`${first}`, groupOf(c, [child], body()));
    yield* c.attempt('next', sleep(0));
  }
});

timed('[S149]', 'group_cancelled_twice_while_it_waits', function* (c) {
  const task = c.task(() => groupOf(c, [c.stubborn('child', 10, 3)]));
  yield* wait(sleep(1));
  c.log('cancel', task.cancel());
  yield* wait(sleep(1));
  c.log('cancel', task.cancel());
  yield* c.attempt('task', task);
  c.log('cancelling', task.cancelling());
});

timed('[S150]', 'group_cancelled_twice_with_errors_in_cleanup', function* (c) {
  const parent = c.co(function* () {
    const child = c.stubborn('child', 10, 3, new ValueError('cleanup'));
    yield* c.attempt('group', groupOf(c, [child]));
    yield* c.attempt('first', sleep(1));
    yield* c.attempt('second', sleep(1));
  });
  const task = c.task(parent());
  yield* wait(sleep(1));
  task.cancel();
  yield* wait(sleep(1));
  task.cancel();
  yield* c.attempt('task', task);
});

timed('[S155]', 'group_nested_both_failing_in_one_turn', function* (c) {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const base = c.loop.time();
    const body = c.co(function* () {
      const child = failsAt(c, base + first, new ValueError('inner'));
      yield* c.attempt('inner', groupOf(c, [child], sleep(40)));
      yield* c.attempt('between', sleep(0));
    });
    const busy = c.co(function* () {
      yield* wait(sleep(0));
      c.advance(5);
    });
    const child = failsAt(c, base + second, new E('outer'));
    yield* c.attempt('outer', groupOf(c, [child, busy()], body()));
    yield* c.attempt('next', sleep(0));
  }
});

timed('[S155]', 'group_nested_and_outer_task_cancelled', function* (c) {
  const inner = c.co(function* () {
    const stubborn = c.stubborn('stubborn', 10, 1, new ValueError('deep'));
    yield* c.attempt('inner', groupOf(c, [c.say('deep', 10), stubborn]));
    yield* c.attempt('after inner', sleep(0));
  });
  const parent = c.co(function* () {
    yield* c.attempt('outer', groupOf(c, [c.say('child', 10)], inner()));
    yield* c.attempt('after outer', sleep(0));
  });
  const task = c.task(parent());
  yield* wait(sleep(1));
  task.cancel();
  yield* c.attempt('task', task);
});

timed('[S161]', 'group_entered_with_a_cancel_pending', function* (c) {
  const empty = c.co(function* () {
    self().cancel();
    yield* wait(
      new TaskGroup().use(
        c.co(function* () {
          c.log('entered');
        }),
      ),
    );
    c.log('left');
    yield* wait(sleep(0));
    c.log('never');
  });
  const withChild = c.co(function* () {
    self().cancel();
    yield* wait(groupOf(c, [c.say('child', 5)]));
    c.log('never');
  });
  yield* c.attempt('empty', c.task(empty()));
  yield* c.attempt('with child', c.task(withChild()));
});

timed('[S149]', 'group_in_the_cleanup_of_a_cancelled_task', function* (c) {
  for (const failing of [false, true]) {
    const parent = c.co(function* () {
      try {
        yield* wait(sleep(10));
      } finally {
        const children = [c.say('child', 1), ...(failing ? [fails(c, 'cleanup', 0.5)] : [])];
        yield* c.attempt('group', groupOf(c, children));
        yield* c.attempt('next', sleep(0));
      }
    });
    const task = c.task(parent());
    yield* wait(sleep(1));
    task.cancel();
    yield* c.attempt('task', task);
  }
});

timed('[S149]', 'group_cancelled_again_in_the_cleanup', function* (c) {
  const parent = c.co(function* () {
    try {
      yield* wait(sleep(10));
    } finally {
      yield* c.attempt('group', groupOf(c, [c.say('child', 5)]));
    }
  });
  const task = c.task(parent());
  yield* wait(sleep(1));
  task.cancel();
  yield* wait(sleep(1));
  task.cancel();
  yield* c.attempt('task', task);
  c.log('cancelling', task.cancelling());
});

timed('[S158]', 'group_refuses_children_of_cleanups', function* (c) {
  const group = new TaskGroup();
  const child = c.co(function* () {
    try {
      yield* wait(sleep(10));
    } finally {
      try {
        group.createTask(c.say('late', 1));
      } catch (error) {
        if (error instanceof RuntimeError) c.log('refused');
        yield* rethrow(error);
      }
    }
  });
  const body = c.co(function* () {
    group.createTask(child());
    group.createTask(fails(c, 'x', 1));
  });
  yield* c.attempt('group', group.use(body));
});

timed('[S144]', 'group_late_children_while_it_waits', function* (c) {
  const group = new TaskGroup();
  const add = (when: number, name: string, seconds: number): unknown =>
    c.at(when, () => {
      const child = c.say(name, seconds);
      try {
        group.createTask(child);
        c.log('added', name);
      } catch {
        closeCoroutine(child);
        c.log('refused', name);
      }
    });
  add(1, 'second', 3);
  add(3.5, 'third', 1);
  add(5, 'fourth', 1);
  const body = c.co(function* () {
    group.createTask(c.say('first', 2));
  });
  yield* c.attempt('group', group.use(body));
  yield* wait(sleep(3));
});

timed('[S149]', 'group_body_raises_a_cancel_of_its_own', function* (c) {
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(c.say('child', 5));
    yield* wait(sleep(1));
    throw new CancelledError('by hand');
  });
  yield* c.attempt('group', new TaskGroup().use(body));
  c.log('cancelling', self().cancelling());
});

timed('[S146]', 'group_child_raises_a_cancel_of_its_own', function* (c) {
  const child = c.co(function* () {
    yield* wait(sleep(1));
    throw new CancelledError('by hand');
  });
  yield* c.attempt('group', groupOf(c, [child(), c.say('sibling', 3)], c.say('body', 2)));
});

timed('[S146]', 'group_body_awaits_a_cancelled_child', function* (c) {
  const body = c.co(function* (group: TaskGroup) {
    const child = group.createTask(c.say('child', 5));
    group.createTask(c.say('sibling', 6));
    c.loop.callLater(1, () => child.cancel());
    yield* wait(child);
  });
  yield* c.attempt('group', new TaskGroup().use(body));
  yield* c.attempt('next', sleep(0));
});

timed('[S145]', 'group_body_swallows_the_cancel', function* (c) {
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(fails(c, 'x', 1));
    try {
      yield* wait(sleep(10));
    } catch {
      c.log('swallowed', self().cancelling());
    }
    yield* wait(sleep(2));
    c.log('body over');
  });
  yield* c.attempt('group', new TaskGroup().use(body));
  yield* c.attempt('next', sleep(0));
});

timed('[S156]', 'group_body_uncancels_by_hand', function* (c) {
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(fails(c, 'x', 1));
    try {
      yield* wait(sleep(10));
    } catch (error) {
      c.log('uncancel', self().uncancel());
      throw error;
    }
  });
  yield* c.attempt('group', new TaskGroup().use(body));
  c.log('cancelling', self().cancelling());
});

timed('[S149]', 'group_child_cancels_the_parent', function* (c) {
  const child = c.co(function* (parent: Task<unknown>) {
    yield* wait(sleep(1));
    c.log('cancel', parent.cancel());
    yield* wait(c.say('child', 3));
  });
  const parent = c.co(function* () {
    yield* c.attempt('group', groupOf(c, [child(self()), c.say('sibling', 5)]));
    yield* c.attempt('next', sleep(0));
  });
  yield* c.attempt('parent', c.task(parent()));
});

timed('[S157]', 'group_child_cancels_the_parent_and_fails', function* (c) {
  const child = c.co(function* (parent: Task<unknown>) {
    yield* wait(sleep(1));
    parent.cancel();
    throw new ValueError('child');
  });
  for (const waits of [true, false]) {
    const parent = c.co(function* () {
      const children = [child(self()), c.say('sibling', 5)];
      yield* c.attempt('group', groupOf(c, children, waits ? sleep(10) : undefined));
      yield* c.attempt('next', sleep(0));
    });
    yield* c.attempt('parent', c.task(parent()));
  }
});

timed('[S145]', 'group_children_fail_in_one_turn', function* (c) {
  const together = ['a', 'b', 'c'].map((name) => fails(c, name, 1));
  yield* c.attempt('all', groupOf(c, together, sleep(5)));
  yield* c.attempt('at once', groupOf(c, [fails(c, 'a'), fails(c, 'b'), c.say('c', 0)]));
});

timed('[S145]', 'group_and_gather', function* (c) {
  const body = gather(c.say('a', 5), fails(c, 'gathered', 1));
  yield* c.attempt('group', groupOf(c, [c.say('child', 5)], body));
  yield* wait(sleep(1));
});

timed('[S145]', 'group_around_shield', function* (c) {
  const kept = c.task(c.say('kept', 4));
  const shielded = c.co(function* () {
    yield* wait(shield(kept));
  });
  yield* c.attempt('group', groupOf(c, [shielded(), fails(c, 'x', 1)]));
  yield* c.attempt('kept', kept);
});

timed('[S156]', 'group_counts_cancels_of_nested_groups', function* (c) {
  const inner = c.co(function* (group: TaskGroup) {
    group.createTask(fails(c, 'inner', 1));
    try {
      yield* wait(sleep(10));
    } finally {
      c.log('inside', self().cancelling());
    }
  });
  const outer = c.co(function* (group: TaskGroup) {
    group.createTask(fails(c, 'outer', 1));
    try {
      yield* wait(new TaskGroup().use(inner));
    } finally {
      c.log('between', self().cancelling());
    }
  });
  yield* c.attempt(
    'parent',
    c.task(() => new TaskGroup().use(outer)),
  );
});

timed('[S149]', 'group_never_entered_by_a_task_cancelled_early', function* (c) {
  const parent = c.co(function* () {
    c.log('never');
    yield* wait(groupOf(c, [c.say('child', 1)]));
  });
  const task = c.task(parent());
  task.cancel();
  yield* c.attempt('parent', task);
});

timed('[S159]', 'group_by_hand', function* (c) {
  const group = new TaskGroup();
  yield* wait(group.aenter());
  group.createTask(fails(c, 'x', 1));
  try {
    yield* wait(sleep(10));
  } catch (error) {
    c.log('interrupted', self().cancelling());
    yield* c.attempt('exit', group.aexit(error));
  }
  c.log('cancelling', self().cancelling());
  yield* c.attempt('enter', group.aenter());
});

timed('[S164]', 'group_of_eager_children', function* (c) {
  setTaskFactory(c.loop, eagerTaskFactory);
  const failsAtOnce = c.co(function* () {
    yield* rethrow(new ValueError('eager'));
  });
  const body = c.co(function* (group: TaskGroup) {
    group.createTask(c.say('a', 0));
    c.log('a made');
    group.createTask(failsAtOnce());
    c.log('failing made');
    yield* wait(sleep(10));
  });
  yield* c.attempt('group', new TaskGroup().use(body));
  yield* c.attempt('next', sleep(0));
});

generators('[S265]', 'group_of_children_that_end_eagerly', function* (c) {
  setTaskFactory(c.loop, eagerTaskFactory);
  const ends = c.co(function* (name: string) {
    c.log(name);
    return name;
  });
  const body = c.co(function* (group: TaskGroup) {
    const tasks = ['a', 'b', 'c'].map((name) => group.createTask(ends(name)));
    c.log('done', ...tasks.map((task) => task.done()));
    c.loop.callSoon(c.log, 'next turn');
  });
  yield* wait(new TaskGroup().use(body));
  c.log('left');
});

function* rethrow(error: unknown): Generator<unknown, never> {
  throw error;
}

allTried('groups');
