import { expect, test } from '@jest/globals';
import { constants } from 'asyncio-ts';

test('constants are CPython’s figures, and cannot be changed', () => {
  const { SSL_HANDSHAKE_TIMEOUT, SSL_SHUTDOWN_TIMEOUT, THREAD_JOIN_TIMEOUT } = constants;
  expect([SSL_HANDSHAKE_TIMEOUT, SSL_SHUTDOWN_TIMEOUT, THREAD_JOIN_TIMEOUT]).toEqual([60, 30, 300]);
  const { DEFAULT_LIMIT, SENDFILE_FALLBACK_READBUFFER_SIZE } = constants;
  expect([DEFAULT_LIMIT, SENDFILE_FALLBACK_READBUFFER_SIZE]).toEqual([65_536, 262_144]);
  const { MAXIMUM_SELECT_TIMEOUT, DEBUG_STACK_DEPTH } = constants;
  expect([MAXIMUM_SELECT_TIMEOUT, DEBUG_STACK_DEPTH]).toEqual([86_400, 10]);
  const { LOG_THRESHOLD_FOR_CONNLOST_WRITES } = constants;
  expect(LOG_THRESHOLD_FOR_CONNLOST_WRITES).toBe(5);
  expect(() => Object.assign(constants, { DEBUG_STACK_DEPTH: 20 })).toThrow(TypeError);
});
