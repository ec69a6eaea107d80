/** StreamReader: what comes in pieces is read as lines, counts and records. */
import {
  asyncFor,
  createTask,
  getRunningLoop,
  IncompleteReadError,
  LimitOverrunError,
  sleep,
  StreamReader,
  type StreamReaderOptions,
  ValueError,
  wait,
  waitFor,
} from 'asyncio-ts';

import { byHand } from '../src/program.js';
import { Boom, on, type Stage } from '../src/stage.js';

const b = (text: string) => Buffer.from(text);
const newReader = (options: Omit<StreamReaderOptions, 'loop'> = {}) =>
  new StreamReader({ loop: getRunningLoop(), ...options });

export const linesFromPieces = byHand({
  *generator({ log, loop }) {
    const reader = newReader();
    for (const [delay, piece] of [
      [1, 'one\ntw'],
      [2, 'o\n'],
      [3, 'three'],
    ] as const) {
      loop.callLater(delay, () => reader.feedData(b(piece)));
    }
    loop.callLater(4, () => reader.feedEof());
    for (let line; (line = yield* reader.readline()).length > 0;) log(line, reader.atEof());
    log(reader.atEof(), yield* reader.readline());
  },
  async async({ log, loop }) {
    const reader = newReader();
    for (const [delay, piece] of [
      [1, 'one\ntw'],
      [2, 'o\n'],
      [3, 'three'],
    ] as const) {
      loop.callLater(delay, () => reader.feedData(b(piece)));
    }
    loop.callLater(4, () => reader.feedEof());
    for (let line; (line = await reader.readline()).length > 0;) log(line, reader.atEof());
    log(reader.atEof(), await reader.readline());
  },
});

export function* someBytesAndAllBytes({ log, loop }: Stage) {
  const reader = newReader();
  reader.feedData(b('abcdef'));
  log(yield* on(reader.read(4)));
  log(yield* on(reader.read(0)));
  log(yield* on(reader.read(100)));
  loop.callLater(1, () => reader.feedData(b('gh')));
  log(yield* on(reader.read(100)));
  loop.callLater(1, () => reader.feedData(b('ij')));
  loop.callLater(2, () => reader.feedData(b('kl')));
  loop.callLater(3, () => reader.feedEof());
  log(yield* on(reader.read()));
  log(yield* on(reader.read(10)), reader.atEof());
}

export function* exactlySoManyBytes({ log, loop }: Stage) {
  const reader = newReader();
  for (const delay of [1, 2, 3]) loop.callLater(delay, () => reader.feedData(b('abc')));
  log(yield* on(reader.readexactly(4)));
  log(yield* on(reader.readexactly(0)));
  loop.callLater(2, () => reader.feedEof());
  try {
    yield* on(reader.readexactly(9));
  } catch (error) {
    if (!(error instanceof IncompleteReadError)) throw error;
    log(error, error.partial, error.expected);
  }
  log(yield* on(reader.read()));
}

export function* untilASeparator({ log, loop }: Stage) {
  const reader = newReader();
  reader.feedData(b('one--two-'));
  log(yield* on(reader.readuntil(b('--'))));
  loop.callLater(1, () => reader.feedData(b('-three')));
  log(yield* on(reader.readuntil(b('--'))));
  reader.feedEof();
  try {
    yield* on(reader.readuntil(b('--')));
  } catch (error) {
    if (!(error instanceof IncompleteReadError)) throw error;
    log(error, error.partial, error.expected);
  }
}

export function* untilOneOfSeveralSeparators({ log }: Stage) {
  const reader = newReader();
  reader.feedData(b('a;b,c;;d'));
  for (let i = 0; i < 4; i++) log(yield* on(reader.readuntil([b(';'), b(',')])));
  reader.feedEof();
  log(yield* on(reader.read()));
}

export function* separatorBeyondTheLimit({ log }: Stage) {
  const reader = newReader({ limit: 4 });
  reader.feedData(b('abcdefgh'));
  try {
    yield* on(reader.readuntil(b('\n')));
  } catch (error) {
    if (!(error instanceof LimitOverrunError)) throw error;
    log(error, error.consumed);
  }
  log(yield* on(reader.readexactly(5)));
  reader.feedData(b('\n'));
  log(yield* on(reader.readuntil(b('\n'))));
}

export function* separatorFoundBeyondTheLimit({ log }: Stage) {
  const reader = newReader({ limit: 4 });
  reader.feedData(b('abcdefgh\nij\n'));
  try {
    yield* on(reader.readuntil(b('\n')));
  } catch (error) {
    if (!(error instanceof LimitOverrunError)) throw error;
    log(error, error.consumed);
  }
  try {
    yield* on(reader.readline());
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    log('ValueError');
  }
  log(yield* on(reader.readline()));
}

export function* lineTooLongIsDropped({ log }: Stage) {
  const reader = newReader({ limit: 4 });
  reader.feedData(b('abcdefgh'));
  try {
    yield* on(reader.readline());
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    log('ValueError');
  }
  reader.feedData(b('ij\n'));
  log(yield* on(reader.readline()));
}

export function* onlyOneMayWait({ log }: Stage) {
  const reader = newReader();
  const task = createTask(reader.read(10));
  yield* on(sleep(0));
  try {
    yield* on(reader.readline());
  } catch (error) {
    log(error);
  }
  reader.feedData(b('for the first'));
  log(yield* on(task), yield* on(reader.read(10)));
}

export function* readerThatIsToldOfAnError({ log }: Stage) {
  const reader = newReader();
  const task = createTask(reader.readline());
  yield* on(sleep(0));
  reader.feedData(b('no line'));
  reader.setException(new Boom('lost'));
  try {
    yield* on(task);
  } catch (error) {
    log(error, reader.exception());
  }
  try {
    yield* on(reader.read(3));
  } catch (error) {
    log(error);
  }
}

export function* cancelledReadLosesNothing({ log }: Stage) {
  const reader = newReader();
  const task = createTask(reader.readexactly(6));
  yield* on(sleep(0));
  reader.feedData(b('abc'));
  yield* on(sleep(0));
  task.cancel();
  yield* on(wait([task]));
  reader.feedData(b('def'));
  log(task.cancelled(), yield* on(reader.readexactly(6)));
}

export const readerIsIteratedByLines = byHand({
  *generator({ log, loop }) {
    const reader = newReader();
    reader.feedData(b('one\n\ntwo\nrest'));
    loop.callLater(1, () => reader.feedEof());
    yield* asyncFor(reader, (line) => log(line));
    log('end');
  },
  async async({ log, loop }) {
    const reader = newReader();
    reader.feedData(b('one\n\ntwo\nrest'));
    loop.callLater(1, () => reader.feedEof());
    for await (const line of reader) log(line);
    log('end');
  },
});

export function* readWithinATimeLimit({ log, loop }: Stage) {
  const reader = newReader();
  loop.callLater(2, () => reader.feedData(b('late\n')));
  try {
    yield* on(waitFor(reader.readline(), 1));
  } catch (error) {
    log(error);
  }
  log(yield* on(reader.readline()));
}
