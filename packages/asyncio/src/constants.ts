import {
  DEBUG_STACK_DEPTH,
  MAXIMUM_SELECT_TIMEOUT,
  MIN_CANCELLED_TIMER_HANDLES_FRACTION,
  MIN_SCHEDULED_TIMER_HANDLES,
} from '@asyncio-ts/loop';
import { DEFAULT_LIMIT } from '@asyncio-ts/streams';
import {
  LOG_THRESHOLD_FOR_CONNLOST_WRITES,
  SENDFILE_FALLBACK_READBUFFER_SIZE,
  SSL_HANDSHAKE_TIMEOUT,
  SSL_SHUTDOWN_TIMEOUT,
} from '@asyncio-ts/transports';

import { THREAD_JOIN_TIMEOUT } from './shut-down.js';

/**
 * The figures that can be noticed: how long, how many, how deep. They are CPython's, and only to be read.
 *
 * Mirrors Python's `asyncio.constants`, with those of `asyncio.base_events` and `asyncio.streams`.
 *
 * @example
 * ```ts
 * import { constants } from 'asyncio-ts';
 *
 * console.log(constants.DEFAULT_LIMIT); // 65536
 * ```
 */
export const constants = /* @__PURE__ */ Object.freeze({
  /** In debug mode, so many frames of the place where something was made are kept. */
  DEBUG_STACK_DEPTH,
  /** How long a line of a stream may be, in bytes, if nobody says otherwise. */
  DEFAULT_LIMIT,
  /** So many writes to a closed connection are dropped silently; each one after them is warned of. */
  LOG_THRESHOLD_FOR_CONNLOST_WRITES,
  /** The longest sleep of a loop, in seconds; a later deadline is reached in several. */
  MAXIMUM_SELECT_TIMEOUT,
  /** When more than this part of the timers is cancelled, they are dropped. */
  MIN_CANCELLED_TIMER_HANDLES_FRACTION,
  /** With no more timers than this, cancelled ones stay until their time comes. */
  MIN_SCHEDULED_TIMER_HANDLES,
  /** So many bytes of a file are read at a time by `sendfile`. */
  SENDFILE_FALLBACK_READBUFFER_SIZE,
  /** How long a TLS handshake may take, in seconds, if nobody says otherwise. */
  SSL_HANDSHAKE_TIMEOUT,
  /** How long the end of a TLS connection may take, in seconds, if nobody says otherwise. */
  SSL_SHUTDOWN_TIMEOUT,
  /** So many seconds a runner waits, at the end, for the jobs of the default executor. */
  THREAD_JOIN_TIMEOUT,
});
