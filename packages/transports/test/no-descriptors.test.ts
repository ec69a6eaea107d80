import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop } from '@asyncio-ts/loop';
import { runUntilComplete } from '@asyncio-ts/futures';
import { createServer, OSError, Protocol } from '@asyncio-ts/transports';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const program = fileURLToPath(new URL('./programs/no-descriptors.ts', import.meta.url));

describe('a server that has no descriptor left', () => {
  test('drops the connections that come, and serves again when it has', () => {
    const limit = 'ulimit -n 64 && exec "$0" "$@"';
    const { stdout, stderr, status } = spawnSync(
      '/bin/sh',
      ['-c', limit, process.execPath, '--import', hook, program],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' }, timeout: 25_000 },
    );
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual([
      'before: echo',
      'connecting without a descriptor: EMFILE',
      'dropped',
      'after: echo',
    ]);
    expect(status).toBe(0);
  });

  test('is told of an error of accept once in a while, and goes on', async () => {
    const loop = new BaseEventLoop();
    const reports: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context));
    await runUntilComplete(loop, function* () {
      const server = yield* createServer(loop, () => new Protocol(), '127.0.0.1', 0);
      const error = Object.assign(new Error('accept EMFILE'), {
        code: 'EMFILE',
        syscall: 'accept',
      });
      for (let i = 0; i < 3; i++) server.sockets[0].node.emit('error', error);
      yield;
      expect(server.isServing()).toBe(true);
      server.close();
    });
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ message: 'Cannot accept a connection' });
    expect((reports[0] as { exception: unknown }).exception).toBeInstanceOf(OSError);
    loop.close();
  });
});
