/** `cancelEverywhere` itself: what it finds, and what it says. */
import { describe, expect, test } from '@jest/globals';
import { isCancelledError } from '@asyncio-ts/futures';
import { shield } from '@asyncio-ts/tasks';
import { cancelEverywhere, type Interrupted, MANNERS, type Scene, wait } from '@asyncio-ts/testing';

async function failureOf(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe('cancelEverywhere', () => {
  test('runs the program once per suspension point, manner and kind, and once undisturbed', async () => {
    const ends: Interrupted[] = [];
    const report = await cancelEverywhere(
      function* (scene) {
        yield* wait(scene.sleep(1));
        yield* wait(scene.turn());
        yield* wait(scene.sleep(1));
        return 'all of it';
      },
      (_scene, end) => {
        ends.push(end);
      },
    );
    expect(report).toEqual({
      points: { generator: 3, async: 3 },
      interrupted: 2 * 3 * MANNERS.length,
      outcomes: { returned: 0, threw: 2 * 3 * 2, cancelled: 2 * 3 * 4 },
    });
    const [first] = ends;
    expect(first).toMatchObject({
      manner: null,
      point: 0,
      outcome: 'returned',
      result: 'all of it',
    });
    expect(ends.filter((end) => end.manner === null)).toHaveLength(2);
    const asked = ends.map(({ kind, manner, point }) => `${kind} ${manner ?? ''} ${point}`);
    expect(new Set(asked).size).toBe(asked.length);
  });

  test('interrupts there and nowhere else: the wait it stands at is the one that throws', async () => {
    const came: string[][] = [];
    let steps: string[] = [];
    await cancelEverywhere(
      function* (scene) {
        steps = [];
        came.push(steps);
        for (const name of ['a', 'b', 'c']) {
          try {
            yield* wait(name === 'b' ? scene.turn() : scene.sleep(1));
          } catch (error) {
            if (isCancelledError(error)) steps.push(name);
            throw error;
          }
        }
      },
      undefined,
      { manners: ['cancel', 'cancel-woken', 'timeout', 'timeout-woken'] },
    );
    const perKind = [[], ...Array.from({ length: 4 }, () => [['a'], ['b'], ['c']]).flat()];
    expect(came).toEqual([...perKind, ...perKind]);
  });

  test('cancel-woken comes after what was waited for is done, and before the program goes on', async () => {
    const seen: boolean[] = [];
    await cancelEverywhere(
      function* (scene) {
        const future = scene.future<number>();
        const timer = scene.loop.callLater(1, () => future.setResult(1));
        try {
          yield* wait(future);
        } finally {
          timer.cancel();
          seen.push(future.cancelled());
        }
      },
      undefined,
      { manners: ['cancel', 'cancel-woken'] },
    );
    expect(seen).toEqual([false, true, false, false, true, false]);
  });

  test('cancel-again reaches the cleanup', async () => {
    const cut: string[] = [];
    await cancelEverywhere(
      function* (scene) {
        let reached = 'nothing';
        try {
          yield* wait(scene.sleep(1));
        } finally {
          try {
            yield* wait(scene.sleep(1));
            reached = 'the end of the cleanup';
          } finally {
            cut.push(reached);
          }
        }
      },
      undefined,
      { manners: ['cancel-again'], kinds: ['generator'] },
    );
    expect(cut).toEqual(['the end of the cleanup', 'nothing', 'nothing']);
  });

  test('finds what is not given back, and says where, how, and how to repeat it', async () => {
    let held = 0;
    function* program(scene: Scene): Generator<unknown, void, unknown> {
      held = 1;
      yield* wait(scene.sleep(1));
      yield* wait(scene.sleep(2));
      held = 0;
    }
    const check = (): void => expect(held).toBe(0);
    const { message, cause } = await failureOf(cancelEverywhere(program, check));
    expect(message).toMatch(
      /^Cannot cancel everywhere: the generator program fails when it is interrupted \('cancel'\) at suspension point 1 of 2, where it waits for <Future pending/,
    );
    expect(message).toContain(
      "repeat it with { only: { kind: 'generator', manner: 'cancel', point: 1 } }",
    );
    expect((cause as Error).message).toContain('toBe');
    const only = { kind: 'async', manner: 'cancel-woken', point: 2 } as const;
    const second = await failureOf(cancelEverywhere(program, check, { only }));
    expect(second.message).toMatch(
      /the async program .* \('cancel-woken'\) at suspension point 2 of 2/,
    );
  });

  test('finds a cancel that is swallowed, unless that is meant', async () => {
    function* program(scene: Scene): Generator<unknown, string, unknown> {
      try {
        yield* wait(scene.sleep(1));
      } catch {
        return 'went on';
      }
      return 'slept';
    }
    const { message } = await failureOf(cancelEverywhere(program));
    expect(message).toContain('the program was to end as cancelled, but it returned');
    const limited = await failureOf(cancelEverywhere(program, undefined, { manners: ['timeout'] }));
    expect(limited.message).toContain('a TimeoutError was to leave the limit, but it returned');
    const report = await cancelEverywhere(program, undefined, { anyOutcome: true });
    expect(report.outcomes).toEqual({ returned: report.interrupted, threw: 0, cancelled: 0 });
  });

  test('finds a wake-up that got lost: a task that plays along would wait for ever', async () => {
    const { message, cause } = await failureOf(
      cancelEverywhere(function* (scene) {
        const gate = scene.future();
        scene.task(function* other() {
          yield* wait(gate);
        });
        yield* wait(scene.sleep(1));
        gate.setResult(null);
      }),
    );
    expect(message).toContain('point 1 of 1');
    expect((cause as Error).name).toBe('DeadlockError');
  });

  test('finds a timer, an error nobody looked at, and a task left by the check', async () => {
    const timer = cancelEverywhere(function* (scene) {
      const armed = scene.loop.callLater(99, () => undefined);
      yield* wait(scene.sleep(1));
      armed.cancel();
    });
    expect((await failureOf(timer)).message).toContain('a timer is left that is due at 99 s');
    const error = cancelEverywhere(function* (scene) {
      const failing = scene.task(function* () {
        yield* wait(scene.turns(3));
        throw new Error('nobody looks at me');
      });
      try {
        yield* wait(shield(failing));
      } catch (error) {
        if (isCancelledError(error)) throw error;
      }
    });
    expect((await failureOf(error)).message).toContain('Error: nobody looks at me');
    const task = cancelEverywhere(
      function* (scene) {
        yield* wait(scene.sleep(1));
      },
      (scene) => {
        scene.task(function* left() {
          yield* wait(scene.sleep(1));
        });
      },
    );
    expect((await failureOf(task)).message).toContain('tasks are left');
  });

  test('refuses a program that never suspends, and one that fails by itself', async () => {
    const idle = await failureOf(cancelEverywhere(function* () {}));
    expect(idle.message).toContain('the generator program never suspends');
    const broken = await failureOf(
      cancelEverywhere(function* () {
        throw new Error('broken');
      }),
    );
    expect(broken.message).toContain('fails when nobody disturbs it; mend that first: broken');
  });

  test('says when a program is not the same each time', async () => {
    let runs = 0;
    const { message } = await failureOf(
      cancelEverywhere(function* (scene) {
        for (let i = runs++; i < 2; i++) yield* wait(scene.sleep(1));
      }),
    );
    expect(message).toContain('it is not the same each time');
  });
});
