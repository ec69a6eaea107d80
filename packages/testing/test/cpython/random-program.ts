import {
  CancelledError,
  createTask,
  type Coroutine,
  currentTask,
  type Future,
  isCancelledError,
  type Task,
} from '@asyncio-ts/futures';
import { ValueError } from '@asyncio-ts/loop';
import { gather, shield, sleep, timeout, wait as waitFirst, waitFor } from '@asyncio-ts/tasks';
import { type Scene, wait } from '@asyncio-ts/testing';

/** One step of a random program; `random_programs.py` makes them and knows what each means. */
export interface Step {
  readonly do: string;
  readonly future?: number;
  readonly task?: number;
  readonly delay?: number;
  readonly body?: readonly Step[];
  readonly bodies?: readonly (readonly Step[])[];
  readonly then?: 'swallow' | 'rethrow' | 'uncancel';
  readonly cleanup?: readonly Step[];
  readonly returnExceptions?: boolean;
  readonly returnWhen?: 'FIRST_COMPLETED' | 'FIRST_EXCEPTION' | 'ALL_COMPLETED';
}

type Running<T> = Generator<unknown, T, unknown>;

function nameOf(error: unknown): string {
  // The message is left out: in CPython only the first to look at a cancelled task gets to see it.
  if (isCancelledError(error)) return 'CancelledError';
  const { name, message } = error as Error;
  return name === 'ValueError' ? `ValueError(${message})` : name;
}

/** Plays one program; the twin of `Player` in `random_programs.py`. */
export class Player {
  readonly trace: string[] = [];
  private readonly _scene: Scene;
  private readonly _program: readonly (readonly Step[])[];
  private readonly _timed: boolean;
  private readonly _tasks: Task<string>[] = [];
  private readonly _futures: Future<string>[];
  private readonly _run: (body: readonly Step[], i: number) => Coroutine<string>;
  private readonly _step: (step: Step, i: number, n: number) => Coroutine<void>;

  constructor(scene: Scene, program: readonly (readonly Step[])[], timed: boolean) {
    this._scene = scene;
    this._program = program;
    this._timed = timed;
    this._futures = Array.from({ length: 6 }, () => scene.future<string>());
    this._run = scene.coroutine((body, i) => this._runBody(body, i));
    this._step = scene.coroutine((step, i, n) => this._runStep(step, i, n));
  }

  *play(): Running<readonly string[]> {
    this._scene.loop.setExceptionHandler(() => {});
    const tasks = this._tasks;
    for (const body of this._program) this._spawn(body);
    yield* this._pause(30);
    for (let round = 0; round < 20; round++) {
      for (const task of tasks) {
        if (task.done()) continue;
        this._log('main', 'cancels', task.cancelling());
        task.cancel('main');
      }
      if (tasks.every((task) => task.done())) break;
      yield* this._pause(10);
    }
    for (const [i, task] of tasks.entries()) {
      if (!task.done()) this._log('main', i, 'pending');
      else if (task.cancelled()) this._log('main', i, 'cancelled', task.cancelling());
      else if (task.exception() !== null) {
        this._log('main', i, nameOf(task.exception()), task.cancelling());
      } else this._log('main', i, task.result(), task.cancelling());
    }
    return [...this.trace];
  }

  private _log(who: number | string, ...text: readonly unknown[]): void {
    const time = this._timed ? this._scene.loop.time() : 0;
    this.trace.push(`${time.toFixed(6)} ${who} ${text.join(' ')}`);
  }

  private *_pause(seconds: number): Running<void> {
    if (this._timed) yield* wait(sleep(seconds));
    else for (let i = 0; i < 40; i++) yield* wait(sleep(0));
  }

  private _spawn(body: readonly Step[]): void {
    const i = this._tasks.length;
    this._tasks.push(this._scene.task(() => this._main(body, i)));
  }

  private *_main(body: readonly Step[], i: number): Running<string> {
    this._log(i, 'start');
    try {
      const result = yield* wait(this._run(body, i));
      this._log(i, 'end', result);
      return result;
    } catch (error) {
      this._log(i, 'end', nameOf(error));
      throw error;
    }
  }

  private *_runBody(body: readonly Step[], i: number): Running<string> {
    for (const [n, step] of body.entries()) yield* wait(this._step(step, i, n));
    return `r${i}`;
  }

  private *_runStep(step: Step, i: number, n: number): Running<void> {
    const { future: j = 0, task: k = 99, delay = 0, body = [] } = step;
    const future = this._futures[j] as Future<string>;
    const task = this._tasks[k];
    const self = currentTask() as Task<unknown>;
    const { loop } = this._scene;
    switch (step.do) {
      case 'log':
        return this._log(i, 'log', n);
      case 'yield':
        yield* wait(sleep(0));
        return this._log(i, 'turn');
      case 'sleep':
        yield* wait(sleep(delay));
        return this._log(i, 'slept');
      case 'awaitFuture':
        return this._log(i, 'got', yield* wait(future));
      case 'setFuture':
        if (future.done()) return;
        future.setResult(`${i}.${n}`);
        return this._log(i, 'set', j);
      case 'failFuture':
        if (future.done()) return;
        future.setException(new ValueError(`f${j}`));
        return this._log(i, 'fail', j);
      case 'cancelFuture':
        return this._log(i, 'cancel future', j, future.cancel(`c${i}`));
      case 'setLater':
        loop.callLater(delay, () => {
          if (!future.done()) future.setResult('later');
          this._log('callback', 'later', j);
        });
        return;
      case 'awaitTask':
        if (task !== undefined && i < k) this._log(i, 'task gave', yield* wait(task));
        return;
      case 'cancelTask':
        if (task !== undefined) this._log(i, 'cancel', k, task.cancel(`m${i}`));
        return;
      case 'cancelSelf':
        self.cancel('self');
        return this._log(i, 'cancel self', self.cancelling());
      case 'uncancel':
        return this._log(i, 'uncancel', self.uncancel());
      case 'callSoon':
        loop.callSoon(() => this._log('callback', 'soon', i));
        return;
      case 'callLater':
        loop.callLater(delay, () => this._log('callback', 'later', i));
        return;
      case 'taskCallback':
        task?.addDoneCallback(() => this._log('callback', 'task done', k));
        return;
      case 'futureCallback':
        return future.addDoneCallback(() => this._log('callback', 'future done', j));
      case 'raise':
        throw new ValueError(`r${i}`);
      case 'spawn':
        return this._spawn(body);
      case 'call':
        return this._log(i, 'called', yield* wait(this._run(body, i)));
      case 'try':
        return yield* this._guarded(step, i);
      default:
        return yield* this._combined(step, i);
    }
  }

  private *_guarded({ body = [], then, cleanup = [] }: Step, i: number): Running<void> {
    try {
      yield* wait(this._run(body, i));
    } catch (error) {
      this._log(i, 'caught', nameOf(error));
      if (then === 'rethrow') throw error;
      if (then === 'uncancel' && error instanceof CancelledError) {
        this._log(i, 'uncancel', currentTask()?.uncancel());
      }
    } finally {
      this._log(i, 'finally');
      yield* wait(this._run(cleanup, i));
      this._log(i, 'cleaned');
    }
  }

  private *_combined(step: Step, i: number): Running<void> {
    const { delay = 0, body = [], bodies = [] } = step;
    const { loop, implementation } = this._scene;
    const run = (inner: readonly Step[]): Coroutine<string> => this._run(inner, i);
    switch (step.do) {
      case 'timeout': {
        const inside = implementation.plain(function* (): Running<void> {
          yield* wait(run(body));
        });
        yield* wait(timeout(delay).use(inside as () => Promise<void>));
        return this._log(i, 'in time');
      }
      case 'waitFor':
        return this._log(i, 'waitFor', yield* wait(waitFor(run(body), delay)));
      case 'shield':
        return this._log(i, 'shielded', yield* wait(shield(run(body))));
      case 'gather': {
        const returnExceptions = step.returnExceptions ?? false;
        const gathered: readonly unknown[] = yield* wait(
          returnExceptions
            ? gather(bodies.map(run), { returnExceptions: true })
            : gather(bodies.map(run)),
        );
        const results = gathered.map((one) => (one instanceof Error ? nameOf(one) : one));
        return this._log(i, 'gathered', ...results);
      }
      default: {
        const children = bodies.map((inner) => createTask(loop, run(inner)));
        const [done, pending] = yield* wait(
          waitFirst(children, { timeout: delay, returnWhen: step.returnWhen ?? 'ALL_COMPLETED' }),
        );
        this._log(i, 'waited', done.size, pending.size);
        for (const child of children) if (pending.has(child)) child.cancel();
      }
    }
  }
}
