/** All rows there are, in the order in which they are run and shown. A new row is a file and a line here. */
import awaitFuture from './futures-await-future.js';
import depth from './futures-depth.js';
import fib from './futures-fib.js';
import spawn from './futures-spawn.js';
import switchRow from './futures-switch.js';
import timers from './loop-timers.js';
import tcpLine from './streams-tcp-line.js';
import queue from './sync-queue.js';
import cancel from './tasks-cancel.js';
import type { Row } from './harness/row.js';

export const rows: readonly Row[] = [
  switchRow,
  awaitFuture,
  spawn,
  depth,
  fib,
  timers,
  cancel,
  queue,
  tcpLine,
];
