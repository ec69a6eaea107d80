import assert from 'node:assert/strict';
import { inspect } from 'node:util';

import { allTasks, createFuture, currentTask, type FutureLike } from '@asyncio-ts/futures';
import type { BaseEventLoop } from '@asyncio-ts/loop';
import { timeout, TimeoutError } from '@asyncio-ts/tasks';

import type { Kind } from './body.js';
import { Implementation, type ImplementationOptions } from './implementation.js';
import { Interrupter } from './interrupter.js';
import { type Interrupted, type Manner, MANNERS, type Place } from './interruption.js';
import type { Scene, SceneBody } from './scene.js';
import { wait } from './wait.js';
import { WatchedTask } from './watched-task.js';

/** How `cancelEverywhere` works. */
export interface CancelEverywhereOptions<L extends BaseEventLoop = BaseEventLoop> {
  /** As which kinds of coroutine the program runs. Default: both. */
  readonly kinds?: readonly Kind[];
  /** How it is interrupted. Default: in every manner. */
  readonly manners?: readonly Manner[];
  /**
   * The program may end as it likes when it is interrupted, and take cancel requests back: it catches cancels, or turns them
   * into other errors. Default: false, it must let the cancel through.
   */
  readonly anyOutcome?: boolean;
  /** Only this one interruption: what the error of a failure says, to repeat it alone. */
  readonly only?: Place;
  /** Makes the loops; default: a `BaseEventLoop` for each run. */
  readonly newLoop?: ImplementationOptions<L>['newLoop'];
}

/** What `cancelEverywhere` did. */
export interface CancelEverywhereReport {
  /** How many suspension points there are, by kind. */
  readonly points: Readonly<Partial<Record<Kind, number>>>;
  /** How many runs were interrupted. */
  readonly interrupted: number;
  /** How they ended. */
  readonly outcomes: Readonly<Record<Interrupted['outcome'], number>>;
}

/** Looks at what must hold after a run; may wait, with `yield* wait(...)`. */
export type InterruptedCheck<L extends BaseEventLoop = BaseEventLoop> = (
  scene: Scene<L>,
  end: Interrupted,
) => void | Generator<unknown, void, unknown>;

/**
 * Runs a program once for each place where it suspends, interrupts it there, and looks at what must hold: nothing is lost,
 * the lock is free, `finally` ran.
 *
 * The program is a scene's body, and runs as a task of its own, on virtual time, on a fresh loop for each run. First it runs
 * undisturbed: that shows how many suspension points there are. Tasks it makes (`scene.task(...)`) play along and are not
 * interrupted; what it shares with `check`, it makes anew each time.
 *
 * After the program has ended, the other tasks are waited for, and then `check` is called, in the undisturbed run too. By
 * itself it is checked that the program did end, as cancelled (or with the TimeoutError of the limit around it); that the
 * cancel requests it counts are those that were made; that no other task waits for ever; and that no task, no armed timer and
 * no error nobody looked at is left.
 *
 * @param program - written once, as a generator function that waits with `yield* wait(...)`
 * @param check - throws when something does not hold
 * @throws Error that says at which point it failed, what was waited for there, in which kind, and how to repeat it; the
 * failure is its `cause`. Also when the program never suspends.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { createFuture } from '@asyncio-ts/futures';
 * import { cancelEverywhere, wait } from '@asyncio-ts/testing';
 *
 * let open = 0;
 * const report = await cancelEverywhere(
 *   function* (scene) {
 *     open++;
 *     try {
 *       yield* wait(scene.sleep(5));
 *       yield* wait(scene.turn());
 *     } finally {
 *       open--;
 *     }
 *   },
 *   () => assert.equal(open, 0),
 * );
 * console.log(report.points); // { generator: 2, async: 2 }
 * ```
 */
export async function cancelEverywhere<L extends BaseEventLoop = BaseEventLoop>(
  program: SceneBody<unknown, L>,
  check: InterruptedCheck<L> = () => undefined,
  options: CancelEverywhereOptions<L> = {},
): Promise<CancelEverywhereReport> {
  const points: Partial<Record<Kind, number>> = {};
  const outcomes = { returned: 0, threw: 0, cancelled: 0 };
  let interrupted = 0;
  for (const kind of options.kinds ?? (['generator', 'async'] as const)) {
    if (options.only !== undefined && options.only.kind !== kind) continue;
    const trial = new Trial(program, check, kind, options);
    const count = (points[kind] = await trial.undisturbed());
    for (const place of placesOf(kind, count, options)) {
      outcomes[await trial.interrupted(place, count)]++;
      interrupted++;
    }
  }
  return { points, interrupted, outcomes };
}

function placesOf<L extends BaseEventLoop>(
  kind: Kind,
  count: number,
  { manners = MANNERS, only }: CancelEverywhereOptions<L>,
): Place[] {
  if (only !== undefined) return [only];
  return manners.flatMap((manner) =>
    Array.from({ length: count }, (_, i) => ({ kind, manner, point: i + 1 })),
  );
}

/** A program as one kind of coroutine. */
class Trial<L extends BaseEventLoop> {
  private readonly _program: SceneBody<unknown, L>;
  private readonly _check: InterruptedCheck<L>;
  private readonly _kind: Kind;
  private readonly _options: CancelEverywhereOptions<L>;

  constructor(
    program: SceneBody<unknown, L>,
    check: InterruptedCheck<L>,
    kind: Kind,
    options: CancelEverywhereOptions<L>,
  ) {
    this._program = program;
    this._check = check;
    this._kind = kind;
    this._options = options;
  }

  /** @returns how many suspension points there are. */
  async undisturbed(): Promise<number> {
    let points = 0;
    try {
      await this._run(new Interrupter(null), (task, { outcome, error }) => {
        points = task.points;
        if (outcome === 'threw' && this._options.anyOutcome !== true) throw error;
      });
    } catch (error) {
      throw new Error(
        `Cannot cancel everywhere: the ${this._kind} program fails when nobody disturbs it; mend that first: ${saidBy(error)}`,
        { cause: error },
      );
    }
    if (points > 0) return points;
    throw new Error(
      `Cannot cancel everywhere: the ${this._kind} program never suspends; let it wait for something`,
    );
  }

  /** @returns how it ended. */
  async interrupted(place: Place, points: number): Promise<Interrupted['outcome']> {
    const interrupter = new Interrupter(place);
    let outcome: Interrupted['outcome'] | null = null;
    try {
      await this._run(interrupter, (_task, end) => {
        assert.ok(
          interrupter.did,
          'this time, the program did not come there: it is not the same each time',
        );
        if (this._options.anyOutcome !== true) checkEnd(interrupter, end);
        ({ outcome } = end);
      });
    } catch (error) {
      throw new Error(failure(place, points, interrupter, error), { cause: error });
    }
    return outcome as never;
  }

  private async _run(
    interrupter: Interrupter,
    look: (task: WatchedTask<unknown>, end: Ended) => void,
  ): Promise<void> {
    const { newLoop } = this._options;
    const implementation = new Implementation<L>({
      kind: this._kind,
      selector: 'virtual',
      ...(newLoop === undefined ? {} : { newLoop }),
    });
    const { _program: program, _check: check } = this;
    let loop: BaseEventLoop | null = null;
    await implementation.run(function* play(scene) {
      loop = scene.loop;
      const task = programTask(scene, program, interrupter);
      yield* untilAllHaveEnded(scene, task);
      const end = endOf(task, scene, interrupter);
      look(task, end);
      const checking = check(scene, end);
      if (checking !== undefined) yield* checking;
      checkNothingLeft(scene);
    });
    assert.equal(
      (loop as BaseEventLoop | null)?._outside,
      0,
      'something is still counted as waiting for the world outside the loop',
    );
  }
}

/** The program as a task, under a time limit if it is to be interrupted by one. */
function programTask<L extends BaseEventLoop>(
  scene: Scene<L>,
  program: SceneBody<unknown, L>,
  interrupter: Interrupter,
): WatchedTask<unknown> {
  const body = scene.coroutine(program);
  const limited = scene.coroutine(function* limited() {
    interrupter.limit = timeout(null);
    return yield* wait(interrupter.limit.use(() => body(scene)));
  });
  const coro = interrupter.needsLimit ? limited() : body(scene);
  const task = new WatchedTask<unknown>(coro, { loop: scene.loop, name: 'the program' });
  interrupter.attach(task);
  return task;
}

/** Waits for the program, and then for all the tasks that play along. */
function* untilAllHaveEnded(
  scene: Scene,
  program: FutureLike<unknown>,
): Generator<unknown, void, unknown> {
  const own = currentTask();
  yield* untilEnded(scene, program);
  for (;;) {
    const [other] = [...allTasks(scene.loop)].filter((task) => task !== own);
    if (other === undefined) return;
    yield* untilEnded(scene, other);
  }
}

/** Only listens: an error nobody looks at is to be reported. */
function* untilEnded(scene: Scene, task: FutureLike<unknown>): Generator<unknown, void, unknown> {
  const ended = createFuture<void>(scene.loop);
  task.addDoneCallback(() => ended.setResult());
  yield* wait(ended);
}

/** What is known of the end, and what only we look at. */
interface Ended extends Interrupted {
  /** How many cancel requests the task still counts. */
  readonly cancelling: number;
}

function endOf(task: WatchedTask<unknown>, scene: Scene, interrupter: Interrupter): Ended {
  const { place, waitedFor, secondsToEnd } = interrupter;
  const error = task.cancelled() ? null : task.exception();
  return {
    kind: scene.implementation.kind,
    manner: place?.manner ?? null,
    point: place?.point ?? 0,
    waitedFor,
    secondsToEnd,
    outcome: task.cancelled() ? 'cancelled' : error === null ? 'returned' : 'threw',
    result: task.cancelled() || error !== null ? undefined : task.result(),
    error,
    cancelling: task.cancelling(),
  };
}

/** The program must not swallow the cancel, and count no more requests than were made. */
function checkEnd(interrupter: Interrupter, end: Ended): void {
  const said = end.outcome === 'threw' ? `it threw ${inspect(end.error)}` : `it ${end.outcome}`;
  if (interrupter.needsLimit) {
    assert.ok(
      end.error instanceof TimeoutError,
      `a TimeoutError was to leave the limit, but ${said}`,
    );
  } else {
    assert.equal(end.outcome, 'cancelled', `the program was to end as cancelled, but ${said}`);
  }
  assert.equal(
    end.cancelling,
    interrupter.requests,
    `the task counts ${end.cancelling} cancel requests, but ${interrupter.requests} are not answered for`,
  );
}

function checkNothingLeft(scene: Scene): void {
  const own = currentTask();
  const tasks = [...allTasks(scene.loop)].filter((task) => task !== own);
  assert.equal(tasks.length, 0, `tasks are left: ${inspect(tasks)}`);
  const next = scene.loop._scheduled.next();
  assert.equal(next, null, `a timer is left that is due at ${next ?? ''} s`);
}

function failure(place: Place, points: number, { waitedFor }: Interrupter, error: unknown): string {
  const { kind, manner, point } = place;
  const where = waitedFor === '' ? '' : `, where it waits for ${waitedFor}`;
  return (
    `Cannot cancel everywhere: the ${kind} program fails when it is interrupted ('${manner}') at suspension point ` +
    `${point} of ${points}${where}; repeat it with { only: { kind: '${kind}', manner: '${manner}', point: ${point} } }: ` +
    saidBy(error)
  );
}

function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : inspect(error);
}
