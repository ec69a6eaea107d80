/** What is public below leaves by the umbrella's door, exactly once; the rest is inner, and says why. */
import { describe, expect, test } from '@jest/globals';
import * as futures from '@asyncio-ts/futures';
import * as loop from '@asyncio-ts/loop';
import * as streams from '@asyncio-ts/streams';
import * as sync from '@asyncio-ts/sync';
import * as tasks from '@asyncio-ts/tasks';
import * as transports from '@asyncio-ts/transports';
import * as umbrella from 'asyncio-ts';

type Names = Record<string, unknown>;

const floors: Record<string, Names> = { futures, loop, streams, sync, tasks, transports };

/** Names that the floors have for each other, by the reason why no program needs them. */
const INNER: Record<keyof typeof floors, readonly string[]> = {
  loop: [
    // How a floor puts things into the ready queue, and what a turn is made of.
    'schedule',
    'ReadyQueue',
    'TimerHeap',
    'TurnLoop',
    // How async functions find their task.
    'captureAsyncScope',
    'currentFrame',
    'framesInUse',
    'runInFrame',
    'tryInFrame',
    // The state of the thread, behind getRunningLoop and getEventLoop.
    '_getSetLoop',
    'insideRunningLoop',
    'thread',
    'threadLoop',
    // What may not be called back, in debug mode.
    'isNativeCoroutineFunction',
    // Contexts, before anybody looks at them.
    'contextOf',
    'snapshotContext',
    // What is its own timer, beside TimerHandle.
    'NOT_ADDED',
    'takesTimers',
    // The voice of errors.
    'brief',
    'describeCallback',
    'isPythonBaseException',
    'sourceTraceback',
    // Said by `constants`.
    'DEBUG_STACK_DEPTH',
    'MAXIMUM_SELECT_TIMEOUT',
    'MIN_CANCELLED_TIMER_HANDLES_FRACTION',
    'MIN_SCHEDULED_TIMER_HANDLES',
  ],
  futures: [
    // Methods of EventLoop.
    'createFuture',
    'getTaskFactory',
    'newTask',
    'runUntilComplete',
    'runUntilCompleteSync',
    'setTaskFactory',
    'taskOn',
    // Said by the tasks floor, which finds the loop itself.
    'createTask',
    'loopHere',
    // Found by what the streams floor makes without one.
    'currentLoop',
    // How coroutines are made and stepped.
    'asCoroutine',
    'CallCoroutine',
    'closeCoroutine',
    'GeneratorCoroutine',
    'invoke',
    'isDriver',
    'isThenable',
    'DirectCoroutine',
    'Life',
    'makeCancelledError',
    'notACoroutine',
    'openScope',
  ],
  tasks: [
    // How this library makes and calls its context managers.
    'callMethod',
    'markLazy',
    // A method of EventLoop.
    'shutdownAsyncgens',
  ],
  transports: [
    // Methods of EventLoop.
    'connectAcceptedSocket',
    'createConnection',
    'createServer',
    'createUnixConnection',
    'createUnixServer',
    'getaddrinfo',
    'getnameinfo',
    'sendfile',
    'startTls',
    // What transports are made of.
    'FlowControlTransport',
    // Said by `constants`.
    'LOG_THRESHOLD_FOR_CONNLOST_WRITES',
    'SENDFILE_FALLBACK_READBUFFER_SIZE',
    'SSL_HANDSHAKE_TIMEOUT',
    'SSL_SHUTDOWN_TIMEOUT',
  ],
  // Said by `constants`.
  streams: ['DEFAULT_LIMIT'],
  sync: [],
};

/** What this floor itself has. */
const OWN = [
  'AbstractEventLoop',
  'constants',
  'EventLoop',
  'getEventLoop',
  'newEventLoop',
  'run',
  'Runner',
  'SelectorEventLoop',
];

/** Which floors give a name to programs. */
function giversOf(name: string): string[] {
  return Object.keys(floors).filter(
    (floor) => name in (floors[floor] as Names) && !INNER[floor]?.includes(name),
  );
}

describe.each(Object.keys(floors))('what is public in %s', (floor) => {
  const names = floors[floor] as Names;

  test('leaves by the door of asyncio-ts, the very same object', () => {
    const public_ = Object.keys(names).filter((name) => !INNER[floor]?.includes(name));
    const missing = public_.filter((name) => (umbrella as Names)[name] !== names[name]);
    expect(missing).toEqual([]);
  });

  test('is not what is said to be inner', () => {
    const gone = INNER[floor]?.filter((name) => !(name in names));
    const leaked = INNER[floor]?.filter((name) => (umbrella as Names)[name] === names[name]);
    expect({ gone, leaked }).toEqual({ gone: [], leaked: [] });
  });
});

test('each name of asyncio-ts comes from exactly one floor', () => {
  const doubtful = Object.keys(umbrella).filter(
    (name) => giversOf(name).length + (OWN.includes(name) ? 1 : 0) !== 1,
  );
  expect(doubtful).toEqual([]);
});
