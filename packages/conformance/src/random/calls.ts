/** The statements that are one call: how they are written in both languages, and in how many ways. */

/** `$a` is which one, `$b` a value; `$t` is `$b` eighths of a second. */
export interface Call {
  readonly python: string;
  /** Default: as in Python. */
  readonly typescript?: string;
  /** It is awaited; else errors of it are logged, unless the statement is `raw`. */
  readonly waits?: true;
  /** What `$a` counts; null: there is none. */
  readonly of?: keyof typeof NUMBERS;
  /** The range of `$b`. */
  readonly upTo?: number;
  readonly theme: Theme;
}

export type Theme =
  | 'time'
  | 'task'
  | 'future'
  | 'loop'
  | 'context'
  | 'lock'
  | 'event'
  | 'condition'
  | 'semaphore'
  | 'barrier'
  | 'queue'
  | 'timeout'
  | 'group'
  | 'many';

/** How many of each there may be; those of the table are fewer in most programs. */
export const NUMBERS = {
  future: 4,
  task: 10,
  lock: 2,
  event: 2,
  condition: 2,
  semaphore: 2,
  barrier: 2,
  queue: 3,
  handle: 5,
  variable: 2,
  counter: 2,
} as const;

const py = (theme: Theme, of: keyof typeof NUMBERS | null, upTo = 9) => ({
  theme,
  ...(of === null ? {} : { of }),
  upTo,
});

export const CALLS: Readonly<Record<string, Call>> = {
  turn: { ...py('time', null), python: 'asyncio.sleep(0)', typescript: 'sleep(0)', waits: true },
  sleep: {
    ...py('time', null, 24),
    python: 'asyncio.sleep($t, $b)',
    typescript: 'sleep($t, $b)',
    waits: true,
  },

  'task.wait': { ...py('task', 'task'), python: 'task($a)', waits: true },
  'task.cancel': { ...py('task', 'task'), python: "cancel($a, 'm$b')" },
  'task.cancelSilently': { ...py('task', 'task'), python: 'cancel($a)' },
  'task.uncancel': { ...py('task', 'task'), python: 'uncancel($a)' },
  'task.cancelling': { ...py('task', 'task'), python: 'cancelling($a)' },
  'task.look': { ...py('task', 'task'), python: 'look($a)' },
  'task.watch': { ...py('task', 'task', 3), python: 'watch($a, $b)' },
  'task.unwatch': { ...py('task', 'task', 3), python: 'unwatch($a, $b)' },
  'self.cancel': {
    ...py('task', null),
    python: "asyncio.current_task().cancel('s$b')",
    typescript: "currentTask()?.cancel('s$b')",
  },
  'self.uncancel': {
    ...py('task', null),
    python: 'me_uncancel()',
  },
  'self.cancelling': { ...py('task', null), python: 'me_cancelling()' },

  'future.wait': { ...py('future', 'future'), python: 'F[$a]', waits: true },
  'future.set': {
    ...py('future', 'future'),
    python: 'F[$a].set_result($b)',
    typescript: 'F[$a].setResult($b)',
  },
  'future.fail': {
    ...py('future', 'future'),
    python: "F[$a].set_exception(ValueError('e$b'))",
    typescript: "F[$a].setException(new ValueError('e$b'))",
  },
  'future.cancel': { ...py('future', 'future'), python: "F[$a].cancel('f$b')" },
  'future.cancelSilently': { ...py('future', 'future'), python: 'F[$a].cancel()' },
  'future.renew': { ...py('future', 'future'), python: 'renew($a)' },
  'future.result': { ...py('future', 'future'), python: 'F[$a].result()' },
  'future.exception': { ...py('future', 'future'), python: 'F[$a].exception()' },
  'future.add': {
    ...py('future', 'future', 3),
    python: 'F[$a].add_done_callback(callback($b))',
    typescript: 'F[$a].addDoneCallback(callback($b))',
  },
  'future.remove': {
    ...py('future', 'future', 3),
    python: 'F[$a].remove_done_callback(callback($b))',
    typescript: 'F[$a].removeDoneCallback(callback($b))',
  },

  'handle.cancel': { ...py('loop', 'handle'), python: 'drop($a)' },
  'handle.look': { ...py('loop', 'handle'), python: 'dropped($a)' },

  'variable.set': { ...py('context', 'variable'), python: 'put($a, $b)' },
  'variable.get': { ...py('context', 'variable'), python: 'V[$a].get()' },
  'variable.reset': { ...py('context', 'variable'), python: 'reset($a)' },

  'lock.acquire': { ...py('lock', 'lock'), python: 'L[$a].acquire()', waits: true },
  'lock.release': { ...py('lock', 'lock'), python: 'L[$a].release()' },
  'lock.look': { ...py('lock', 'lock'), python: 'L[$a].locked()' },

  'event.wait': { ...py('event', 'event'), python: 'E[$a].wait()', waits: true },
  'event.set': { ...py('event', 'event'), python: 'E[$a].set()' },
  'event.clear': { ...py('event', 'event'), python: 'E[$a].clear()' },
  'event.look': { ...py('event', 'event'), python: 'E[$a].is_set()', typescript: 'E[$a].isSet()' },

  'condition.acquire': { ...py('condition', 'condition'), python: 'C[$a].acquire()', waits: true },
  'condition.release': { ...py('condition', 'condition'), python: 'C[$a].release()' },
  'condition.wait': { ...py('condition', 'condition'), python: 'C[$a].wait()', waits: true },
  'condition.waitFor': {
    ...py('condition', 'condition', 4),
    python: 'C[$a].wait_for(lambda: N[0] >= $b)',
    typescript: 'C[$a].waitFor(() => N[0] >= $b)',
    waits: true,
  },
  'condition.notify': { ...py('condition', 'condition', 3), python: 'C[$a].notify($b)' },
  'condition.notifyAll': {
    ...py('condition', 'condition'),
    python: 'C[$a].notify_all()',
    typescript: 'C[$a].notifyAll()',
  },
  'counter.bump': { ...py('condition', null), python: 'bump()' },

  'semaphore.acquire': { ...py('semaphore', 'semaphore'), python: 'S[$a].acquire()', waits: true },
  'semaphore.release': { ...py('semaphore', 'semaphore'), python: 'S[$a].release()' },
  'semaphore.look': { ...py('semaphore', 'semaphore'), python: 'S[$a].locked()' },

  'barrier.wait': { ...py('barrier', 'barrier'), python: 'B[$a].wait()', waits: true },
  'barrier.abort': { ...py('barrier', 'barrier'), python: 'B[$a].abort()', waits: true },
  'barrier.reset': { ...py('barrier', 'barrier'), python: 'B[$a].reset()', waits: true },
  'barrier.look': {
    ...py('barrier', 'barrier'),
    python: '[B[$a].n_waiting, B[$a].broken]',
    typescript: '[B[$a].nWaiting, B[$a].broken]',
  },

  'queue.put': { ...py('queue', 'queue'), python: 'Q[$a].put($b)', waits: true },
  'queue.get': { ...py('queue', 'queue'), python: 'Q[$a].get()', waits: true },
  'queue.putNowait': {
    ...py('queue', 'queue'),
    python: 'Q[$a].put_nowait($b)',
    typescript: 'Q[$a].putNowait($b)',
  },
  'queue.getNowait': {
    ...py('queue', 'queue'),
    python: 'Q[$a].get_nowait()',
    typescript: 'Q[$a].getNowait()',
  },
  'queue.taskDone': {
    ...py('queue', 'queue'),
    python: 'Q[$a].task_done()',
    typescript: 'Q[$a].taskDone()',
  },
  'queue.join': { ...py('queue', 'queue'), python: 'Q[$a].join()', waits: true },
  'queue.shutdown': { ...py('queue', 'queue'), python: 'Q[$a].shutdown()' },
  'queue.shutdownNow': {
    ...py('queue', 'queue'),
    python: 'Q[$a].shutdown(immediate=True)',
    typescript: 'Q[$a].shutdown({ immediate: true })',
  },
  'queue.look': {
    ...py('queue', 'queue'),
    python: '[Q[$a].qsize(), Q[$a].full()]',
  },
};

/** Those that may stand in a plain callback, where nothing can be awaited. */
export function isPlain(name: string): boolean {
  return CALLS[name]?.waits !== true && !name.startsWith('self.');
}
