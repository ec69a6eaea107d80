import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, ValueError } from '@asyncio-ts/loop';
import { type Coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';
import { scenes, wait } from '@asyncio-ts/testing';
import { getaddrinfo, type GetaddrinfoOptions, getnameinfo, OSError } from '@asyncio-ts/transports';

import { failure } from './recorder.js';

const scene = scenes(test, { selectors: ['node'] });

describe('getaddrinfo', () => {
  scene('gives a tuple for each address and use', function* (t) {
    const ask = (...args: [string | null, number | string | null, GetaddrinfoOptions?]) =>
      wait(getaddrinfo(t.loop, ...args));
    expect(yield* ask('127.0.0.1', 80)).toEqual([
      [4, 'SOCK_STREAM', 6, '', ['127.0.0.1', 80]],
      [4, 'SOCK_DGRAM', 17, '', ['127.0.0.1', 80]],
    ]);
    expect(yield* ask('::1', '443', { type: 'SOCK_DGRAM' })).toEqual([
      [6, 'SOCK_DGRAM', 17, '', ['::1', 443]],
    ]);
    expect(yield* ask(null, null, { proto: 6 })).toEqual([
      [4, 'SOCK_STREAM', 6, '', ['127.0.0.1', 0]],
      [6, 'SOCK_STREAM', 6, '', ['::1', 0]],
    ]);
    expect(yield* ask('', 1, { family: 6, proto: 17, flags: ['AI_PASSIVE'] })).toEqual([
      [6, 'SOCK_DGRAM', 17, '', ['::', 1]],
    ]);
    const found = yield* ask('localhost', 1, {
      family: 4,
      type: 'SOCK_STREAM',
      flags: ['AI_ADDRCONFIG'],
    });
    expect(found).toContainEqual([4, 'SOCK_STREAM', 6, '', ['127.0.0.1', 1]]);
  });

  scene('what cannot be found is an OSError', function* (t) {
    const ask = (...args: [string | null, number | string | null, GetaddrinfoOptions?]) =>
      failure(getaddrinfo(t.loop, ...args));
    const cases: [Error, string][] = [
      [yield* ask('127.0.0.1', 'http'), 'EAI_SERVICE'],
      [yield* ask('127.0.0.1', 1, { family: 6 }), 'EAI_ADDRFAMILY'],
      [yield* ask('localhost', 1, { flags: ['AI_NUMERICHOST'] }), 'EAI_NONAME'],
    ];
    for (const [error, code] of cases) {
      expect(error).toBeInstanceOf(OSError);
      expect(error).toMatchObject({ code, syscall: 'getaddrinfo' });
    }
    const unknown = yield* ask('no-such-host.invalid', 1);
    expect(unknown).toBeInstanceOf(OSError);
    expect(unknown).toMatchObject({ syscall: 'getaddrinfo' });
    expect(yield* ask('127.0.0.1', 70_000)).toBeInstanceOf(ValueError);
  });

  scene('cancelled, it lets go at once, and the late answer is dropped', function* (t) {
    const lookups: (() => Coroutine<unknown>)[] = [
      () => getaddrinfo(t.loop, 'localhost', 1),
      () => getnameinfo(t.loop, ['127.0.0.1', 1]),
    ];
    for (const lookup of lookups) {
      const task = createTask(t.loop, lookup());
      yield* wait(t.turns(2));
      task.cancel();
      yield* wait(t.turns(2));
      expect(task.cancelled()).toBe(true);
      yield* wait(lookup());
    }
    expect(t.takeReports()).toEqual([]);
  });

  test('nothing is waited for when it was cancelled, or its loop is closed', async () => {
    const loop = new BaseEventLoop();
    loop.setExceptionHandler(() => undefined);
    const answered: boolean[] = [];
    const look = function* (): Generator<unknown, void, unknown> {
      yield* getaddrinfo(loop, 'localhost', 1);
      answered.push(loop.isClosed());
    };
    await runUntilComplete(loop, function* () {
      const task = createTask(loop, look);
      yield;
      yield;
      expect(loop._outside).toBe(1);
      task.cancel();
      yield;
      yield;
      expect(loop._outside).toBe(0);
      createTask(loop, look);
      yield;
      yield;
    });
    loop.close();
    const other = new BaseEventLoop();
    await runUntilComplete(other, getaddrinfo(other, 'localhost', 1));
    other.close();
    expect(answered).not.toContain(true);
  });
});

describe('getnameinfo', () => {
  scene('gives the names of a host and a service', function* (t) {
    const [host, service] = yield* wait(getnameinfo(t.loop, ['127.0.0.1', 80]));
    expect(host).toEqual(expect.any(String));
    expect(['80', 'http']).toContain(service);
    const numeric = ['NI_NUMERICHOST', 'NI_NUMERICSERV'] as const;
    expect(yield* wait(getnameinfo(t.loop, ['::1', 80], numeric))).toEqual(['::1', '80']);
    const [number] = yield* wait(getnameinfo(t.loop, ['127.0.0.1', 80], ['NI_NUMERICHOST']));
    expect(number).toBe('127.0.0.1');
    const [, port] = yield* wait(getnameinfo(t.loop, ['127.0.0.1', 80], ['NI_NUMERICSERV']));
    expect(port).toBe('80');
  });

  scene('takes numbers only', function* (t) {
    const error = yield* failure(getnameinfo(t.loop, ['localhost', 80]));
    expect(error).toBeInstanceOf(OSError);
    expect(error).toMatchObject({ code: 'EAI_NONAME', syscall: 'getnameinfo' });
    expect(yield* failure(getnameinfo(t.loop, ['127.0.0.1', -1]))).toBeInstanceOf(ValueError);
  });
});
