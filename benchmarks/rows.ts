/** All rows there are, in the order in which they are run and shown. A new row is a file and a line here. */
import size from './asyncio-size.js';
import awaitFuture from './futures-await-future.js';
import depth from './futures-depth.js';
import fib from './futures-fib.js';
import growth from './futures-growth.js';
import http from './futures-http.js';
import ring from './futures-ring.js';
import skynet from './futures-skynet.js';
import spawn from './futures-spawn.js';
import switchRow from './futures-switch.js';
import timers from './loop-timers.js';
import connections from './streams-connections.js';
import tcpLine from './streams-tcp-line.js';
import tcpStream from './streams-tcp-stream.js';
import queue from './sync-queue.js';
import asyncTree from './tasks-async-tree.js';
import cancel from './tasks-cancel.js';
import sleepers from './tasks-sleepers.js';
import type { Row } from './harness/row.js';

export const rows: readonly Row[] = [
  switchRow,
  awaitFuture,
  spawn,
  depth,
  fib,
  asyncTree,
  skynet,
  ring,
  sleepers,
  timers,
  cancel,
  queue,
  size,
  growth,
  tcpLine,
  tcpStream,
  http,
  connections,
];
