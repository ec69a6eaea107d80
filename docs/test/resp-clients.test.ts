import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createClient } from 'redis';

import { hasTool } from '../../scripts/test/tools.js';
import { respServer, type ServerProcess } from './server-process.js';
import { kinds } from './resp-wire.js';

// Programs that other people wrote for the real Redis, against the server in a process of its own: real sockets, the real
// clock. There is no assertion about speed.

const run = promisify(execFile);
const hasTools = ['redis-cli', 'redis-benchmark'].every((tool) => hasTool(tool, '--version'));
const withTools = hasTools ? test : test.skip;
const needs = hasTools
  ? ''
  : ' (skipped: needs redis-cli and redis-benchmark, of Debian’s redis-tools)';

describe.each(kinds)('a server with %s handlers', (kind) => {
  let server: ServerProcess;
  let port: number;
  beforeAll(async () => {
    [server, port] = await respServer('--kind', kind);
  });
  afterAll(async () => {
    server.child.kill('SIGINT');
    expect(await server.exit).toBe(0);
    expect(server.stderr).toBe('');
  });

  const cli = async (...args: string[]): Promise<string> =>
    (await run('redis-cli', ['-p', String(port), ...args])).stdout;

  withTools(`serves redis-cli${needs}`, async () => {
    expect(await cli('ping')).toBe('PONG\n');
    expect(await cli('set', 'key', 'a b\n\u00e9')).toBe('OK\n');
    expect(await cli('--no-raw', 'get', 'key')).toBe('"a b\\n\\xc3\\xa9"\n');
    expect(await cli('-r', '3', 'incr', 'n')).toBe('1\n2\n3\n');
    expect(await cli('rpush', 'l', 'a', 'b')).toBe('2\n');
    expect(await cli('lrange', 'l', '0', '-1')).toBe('a\nb\n');
    expect(await cli('blpop', 'nothing', 'l', '0')).toBe('l\na\n');
    expect(await cli('lpush', 'key', 'x')).toMatch(/^WRONGTYPE/);
    expect(await cli('nosuch')).toMatch(/^ERR unknown command 'nosuch'/);
    expect(await cli('info', 'server')).toContain(`handlers:${kind}`);
    expect(await cli('flushall')).toBe('OK\n');
  });

  withTools(`serves redis-cli that reads commands from a pipe${needs}`, async () => {
    const child = spawn('redis-cli', ['-p', String(port), '--pipe']);
    let said = '';
    child.stdout.on('data', (text) => (said += String(text)));
    child.stdin.end('*3\r\n$3\r\nSET\r\n$5\r\npiped\r\n$1\r\n1\r\n'.repeat(5000));
    await new Promise((resolve) => child.on('close', resolve));
    expect(said).toContain('errors: 0, replies: 5000');
    await cli('flushall');
  });

  withTools(`serves redis-benchmark${needs}`, async () => {
    const args = ['-t', 'ping,set,get,lpush,lpop', '-c', '50', '-P', '16', '-n', '20000', '--csv'];
    const { stdout, stderr } = await run('redis-benchmark', ['-p', String(port), ...args]);
    expect(stderr).not.toMatch(/error/i);
    const tests = stdout.split('\n').map((line) => line.split(',')[0]);
    expect(tests).toEqual(
      expect.arrayContaining([
        '"PING_INLINE"',
        '"PING_MBULK"',
        '"SET"',
        '"GET"',
        '"LPUSH"',
        '"LPOP"',
      ]),
    );
    expect(await cli('info', 'clients')).toMatch(/connected_clients:1\r?\n/);
    await cli('flushall');
  });

  const connected = async () => {
    const client = createClient({ RESP: 2, socket: { port, host: '127.0.0.1' } });
    client.on('error', () => undefined);
    return await client.connect();
  };

  test('serves the npm client', async () => {
    const client = await connected();
    try {
      expect(await client.ping()).toBe('PONG');
      expect(await client.set('key', 'value', { EX: 100, NX: true })).toBe('OK');
      expect(await client.set('key', 'value', { NX: true })).toBeNull();
      expect(await client.ttl('key')).toBe(100);
      expect(await client.get('key')).toBe('value');
      const many = Array.from({ length: 1000 }, (_, i) => client.incr(`n${i % 7}`));
      expect(await Promise.all(many)).toEqual(many.map((_, i) => Math.floor(i / 7) + 1));
      expect((await client.keys('n*')).sort()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
      expect(await client.mGet(['key', 'no'])).toEqual(['value', null]);
      expect(await client.rPush('list', ['a', 'b', 'c'])).toBe(3);
      expect(await client.lRange('list', 0, -1)).toEqual(['a', 'b', 'c']);
      expect(await client.rPop('list')).toBe('c');
      await expect(client.lPush('key', 'x')).rejects.toThrow(/^WRONGTYPE/);
      expect(await client.clientId()).toBeGreaterThan(0);
      expect(await client.configGet('save')).toEqual({ save: '' });
      expect(await client.del(['key', 'list'])).toBe(2);
      expect(await client.flushAll()).toBe('OK');
    } finally {
      client.destroy();
    }
  });

  test('serves the npm client that blocks and subscribes', async () => {
    const [client, blocked, subscriber] = [await connected(), await connected(), await connected()];
    try {
      expect(await blocked.blPop('queue', 0.01)).toBeNull();
      const popped = blocked.blPop(['other', 'queue'], 0);
      const pong = blocked.ping();
      while (!/blocked_clients:1/.test(await client.info('clients')));
      expect(await client.lPush('queue', 'job')).toBe(1);
      expect(await popped).toEqual({ key: 'queue', element: 'job' });
      expect(await pong).toBe('PONG');
      const heard: string[] = [];
      let enough: () => void;
      const all = new Promise<void>((resolve) => (enough = resolve));
      await subscriber.subscribe(['a', 'b'], (message, channel) => {
        if (heard.push(`${channel}:${message}`) === 3) enough();
      });
      expect(await client.publish('a', '1')).toBe(1);
      expect(await client.publish('b', '2')).toBe(1);
      expect(await client.publish('a', '3')).toBe(1);
      await all;
      expect(heard).toEqual(['a:1', 'b:2', 'a:3']);
      await subscriber.unsubscribe('a');
      expect(await client.publish('a', '4')).toBe(0);
      await subscriber.unsubscribe();
      expect(await subscriber.get('nothing')).toBeNull();
    } finally {
      for (const each of [client, blocked, subscriber]) each.destroy();
    }
  });
});
