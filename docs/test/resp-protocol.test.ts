import { once } from 'node:events';

import { describe, expect, test } from '@jest/globals';
import { sleep } from 'asyncio-ts';

import { encode, kinds, onStage, rawSocket, type Stage, until, type Wire } from './resp-wire.js';

// Over real sockets of this machine: what is tested is what a client sees. The answers are those of Redis 7.

describe.each(kinds)('a Redis server with %s handlers', (kind) => {
  const staged = (body: (wire: Wire, stage: Stage) => Promise<void>, limits = {}) => {
    return () => onStage({ kind, limits }, async (stage) => body(await stage.client(), stage));
  };

  test(
    'answers the commands about strings and keys',
    staged(async (wire) => {
      await wire.ask('PING', '+PONG\r\n');
      await wire.ask('ping hello', '$5\r\nhello\r\n');
      await wire.ask('ECHO "a b"', '$3\r\na b\r\n');
      await wire.ask('SET a 1', '+OK\r\n');
      await wire.ask('SET a 2 NX', '$-1\r\n');
      await wire.ask('SET a 3 XX', '+OK\r\n');
      await wire.ask('SET b 1 XX', '$-1\r\n');
      await wire.ask('SET b 1 EX 100 nx', '+OK\r\n');
      await wire.ask('TTL b', ':100\r\n');
      await wire.ask('TTL a', ':-1\r\n');
      await wire.ask('TTL no', ':-2\r\n');
      await wire.ask('EXPIRE a 50', ':1\r\n');
      await wire.ask('TTL a', ':50\r\n');
      await wire.ask('EXPIRE no 50', ':0\r\n');
      await wire.ask('GET a', '$1\r\n3\r\n');
      await wire.ask('GET no', '$-1\r\n');
      await wire.ask('INCR a', ':4\r\n');
      await wire.ask('INCR n', ':1\r\n');
      await wire.ask('MGET a no n', '*3\r\n$1\r\n4\r\n$-1\r\n$1\r\n1\r\n');
      await wire.ask('EXISTS a a no', ':2\r\n');
      await wire.ask('KEYS ?', '*3\r\n$1\r\na\r\n$1\r\nb\r\n$1\r\nn\r\n');
      await wire.ask('DEL a no b', ':2\r\n');
      await wire.ask('SET big 9223372036854775806', '+OK\r\n');
      await wire.ask('INCR big', ':9223372036854775807\r\n');
      await wire.ask('INCR big', '-ERR increment or decrement would overflow\r\n');
      await wire.ask('FLUSHALL', '+OK\r\n');
      await wire.ask('KEYS *', '*0\r\n');
    }),
  );

  test(
    'answers the commands about lists',
    staged(async (wire) => {
      await wire.ask('RPUSH l a b c', ':3\r\n');
      await wire.ask('LPUSH l z y', ':5\r\n');
      await wire.ask('LRANGE l 0 1', '*2\r\n$1\r\ny\r\n$1\r\nz\r\n');
      await wire.ask('LRANGE l -2 -1', '*2\r\n$1\r\nb\r\n$1\r\nc\r\n');
      await wire.ask('LRANGE l 3 1', '*0\r\n');
      await wire.ask('LPOP l', '$1\r\ny\r\n');
      await wire.ask('RPOP l 2', '*2\r\n$1\r\nc\r\n$1\r\nb\r\n');
      await wire.ask('LPOP no', '$-1\r\n');
      await wire.ask('LPOP no 1', '*-1\r\n');
      await wire.ask('BLPOP no l 0', '*2\r\n$1\r\nl\r\n$1\r\nz\r\n');
      await wire.ask('LPOP l 10', '*1\r\n$1\r\na\r\n');
      await wire.ask('EXISTS l', ':0\r\n');
    }),
  );

  test(
    'answers what clients ask about it and about themselves',
    staged(async (wire, { server }) => {
      await wire.ask('SELECT 0', '+OK\r\n');
      await wire.ask('SELECT 1', '-ERR DB index is out of range\r\n');
      await wire.ask('CLIENT ID', ':1\r\n');
      await wire.ask('CLIENT GETNAME', '$-1\r\n');
      await wire.ask('CLIENT SETNAME it', '+OK\r\n');
      await wire.ask('CLIENT GETNAME', '$2\r\nit\r\n');
      await wire.ask('CLIENT SETINFO lib-name test', '+OK\r\n');
      await wire.ask('CLIENT SETINFO lib-ver 1.0', '+OK\r\n');
      expect(await wire.askText('CLIENT LIST')).toMatch(
        /^id=1 addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+ name=it .*cmd=client\|list .*lib-name=test lib-ver=1\.0\n$/,
      );
      expect(await wire.askText('INFO clients')).toMatch(/^# Clients\r\nconnected_clients:1\r\n/);
      expect(await wire.askText('INFO')).toContain(`tcp_port:${server.port}\r\n`);
      await wire.ask('CONFIG GET save', '*2\r\n$4\r\nsave\r\n$0\r\n\r\n');
      await wire.ask('CONFIG GET none*', '*0\r\n');
      await wire.ask('COMMAND INFO get no', getAndNothing);
      await wire.ask('COMMAND DOCS get', '*0\r\n');
      await wire.ask('COMMAND COUNT', `:${server.commands.size}\r\n`);
      await wire.ask('HELLO 3', '-NOPROTO unsupported protocol version\r\n');
      await wire.ask('HELLO 2 SETNAME me', `*14\r\n${hello}`);
      await wire.ask('CLIENT GETNAME', '$2\r\nme\r\n');
      await wire.ask('QUIT', '+OK\r\n');
      await wire.hearEnd();
    }),
  );
  const getAndNothing =
    '*2\r\n*6\r\n$3\r\nget\r\n:2\r\n*2\r\n+readonly\r\n+fast\r\n:1\r\n:1\r\n:1\r\n*-1\r\n';
  const hello =
    '$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nversion\r\n$5\r\n7.0.0\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n' +
    '$4\r\nrole\r\n$6\r\nmaster\r\n$5\r\nproto\r\n:2\r\n$2\r\nid\r\n:1\r\n$7\r\nmodules\r\n*0\r\n';

  test(
    'answers a mistake, and the connection stays',
    staged(async (wire) => {
      const wrong = "wrong number of arguments for 'get' command";
      await wire.ask(
        'nosuch a "b\\r\\nc"',
        "-ERR unknown command 'nosuch', with args beginning with: 'a' 'b  c' \r\n",
      );
      await wire.ask('GET', `-ERR ${wrong}\r\n`);
      await wire.ask('GET a b', `-ERR ${wrong}\r\n`);
      await wire.ask('CLIENT', "-ERR wrong number of arguments for 'client' command\r\n");
      await wire.ask('CLIENT FOO', "-ERR unknown subcommand 'FOO'. Try CLIENT HELP.\r\n");
      await wire.ask(
        'CLIENT SETNAME',
        "-ERR wrong number of arguments for 'client|setname' command\r\n",
      );
      const wrongType = '-WRONGTYPE Operation against a key holding the wrong kind of value\r\n';
      await wire.ask('RPUSH l a', ':1\r\n');
      await wire.ask('SET s x', '+OK\r\n');
      for (const command of ['GET l', 'INCR l', 'LPUSH s a', 'LPOP s', 'LRANGE s 0 1', 'BLPOP s 0'])
        await wire.ask(command, wrongType);
      await wire.ask('MGET l', '*1\r\n$-1\r\n');
      await wire.ask('INCR s', '-ERR value is not an integer or out of range\r\n');
      await wire.ask('SET a b NX XX', '-ERR syntax error\r\n');
      await wire.ask('SET a b EX 0', "-ERR invalid expire time in 'set' command\r\n");
      await wire.ask('BLPOP q x', '-ERR timeout is not a float or out of range\r\n');
      await wire.ask('BLPOP q -1', '-ERR timeout is negative\r\n');
      await wire.ask('PING', '+PONG\r\n');
    }),
  );

  test(
    'carries any bytes, also in pieces',
    staged(async (wire) => {
      const value = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
      wire.say(encode('SET', value, value.repeat(1000)));
      await wire.hear('+OK\r\n');
      for (const byte of encode('GET', value)) {
        wire.say(byte);
        await sleep(0);
      }
      await wire.hear(`$256000\r\n${value.repeat(1000)}\r\n`);
    }),
  );

  test(
    'runs what is pipelined in order, and answers all of it to a client that reads late',
    staged(async (wire, { client }) => {
      const value = 'v'.repeat(5000);
      const count = 4000;
      await wire.ask(`SET k ${value}`, '+OK\r\n');
      for (let i = 0; i < count; i++) wire.say(i % 2 === 0 ? encode('GET', 'k') : 'INCR n\r\n');
      // Twenty megabytes of answers wait for their reader; others are served meanwhile.
      const other = await client();
      await other.ask('PING', '+PONG\r\n');
      let expected = '';
      for (let i = 0; i < count; i++) {
        expected += i % 2 === 0 ? `$5000\r\n${value}\r\n` : `:${(i + 1) / 2}\r\n`;
      }
      await wire.hear(expected);
    }),
  );

  test(
    'does not gather answers for a client that never reads',
    staged(async (wire, { server }) => {
      await wire.ask(`SET k ${'v'.repeat(50_000)}`, '+OK\r\n');
      for (let i = 0; i < 1000; i++) wire.say('GET k\r\n');
      await until(() => server.commandsProcessed > 2);
      let before: number;
      do {
        before = server.commandsProcessed;
        await sleep(0.05);
      } while (server.commandsProcessed > before);
      // It stopped when the system had taken what it could: some megabytes of the fifty.
      expect(before).toBeLessThan(900);
      const [self] = server.clients;
      expect(self?.writer.transport.getWriteBufferSize()).toBeLessThan(300_000);
    }),
  );

  test.each([
    ['*1\r\n+PING\r\n', "expected '$', got '+'"],
    ['*x\r\n', 'invalid multibulk length'],
    ['*1\r\n$-5\r\n', 'invalid bulk length'],
    ['*2\r\n$3\r\nGET\r\n$1001\r\n', 'invalid bulk length'],
    ['GET "a\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(101), 'too big inline request'],
    ['*2\r\n$3\r\nGET\r\n$1000\r\n'.padEnd(5), null],
  ])('answers %j with what is wrong, and closes', (bytes, message) =>
    staged(
      async (wire, { client }) => {
        // What came before is answered.
        wire.say(`PING\r\n${bytes}`);
        await wire.hear('+PONG\r\n');
        if (message !== null) {
          await wire.hear(`-ERR Protocol error: ${message}\r\n`);
          await wire.hearEnd();
        }
        await (await client()).ask('PING', '+PONG\r\n');
      },
      { inline: 100, bulk: 1000 },
    )(),
  );

  test(
    'hangs up on a browser',
    staged(async (wire) => {
      wire.say('POST / HTTP/1.1\r\nHost: localhost\r\n\r\nFLUSHALL\r\n');
      await wire.hearEnd();
    }),
  );

  // --- BLPOP

  test(
    'gives an element to whoever has waited longest',
    staged(async (pusher, { client, server }) => {
      const waiting: Wire[] = [];
      for (let i = 0; i < 3; i++) {
        const wire = await client();
        wire.say(`BLPOP other q 0\r\n`);
        waiting.push(wire);
        await until(() => server.clients.size === i + 2 && blocked(server) === i + 1);
      }
      await pusher.ask('RPUSH q 1 2', ':2\r\n');
      await waiting[0]?.hear('*2\r\n$1\r\nq\r\n$1\r\n1\r\n');
      await waiting[1]?.hear('*2\r\n$1\r\nq\r\n$1\r\n2\r\n');
      await pusher.ask('EXISTS q', ':0\r\n');
      await pusher.ask('LPUSH other 3 4', ':2\r\n');
      await waiting[2]?.hear('*2\r\n$5\r\nother\r\n$1\r\n4\r\n');
      await pusher.ask('LRANGE other 0 -1', '*1\r\n$1\r\n3\r\n');
      expect(blocked(server)).toBe(0);
    }),
  );

  test(
    'answers nothing when the time is up, and goes on with what was sent meanwhile',
    staged(async (wire) => {
      wire.say('BLPOP q 0.05\r\nPING\r\n');
      await wire.hear('*-1\r\n+PONG\r\n');
      wire.say('BLPOP q 0.05\r\n');
      await sleep(0.01);
      wire.say(encode('ECHO', 'x'.repeat(200_000)));
      await wire.hear(`*-1\r\n$200000\r\n${'x'.repeat(200_000)}\r\n`);
    }),
  );

  test(
    'gives nothing to a blocked client that ended, or was reset; nothing is lost',
    staged(async (pusher, { server, client }) => {
      const ended = await client();
      const reset = await rawSocket(server.port);
      const patient = await client();
      ended.say('BLPOP q 0\r\nRPUSH never 1\r\n');
      reset.write('BLPOP q 0\r\n');
      await until(() => blocked(server) === 2);
      patient.say('BLPOP q 0\r\n');
      await until(() => blocked(server) === 3);
      ended.writer.writeEof();
      await ended.hearEnd();
      reset.resetAndDestroy();
      await until(() => blocked(server) === 1);
      await pusher.ask('RPUSH q 1 2', ':2\r\n');
      await patient.hear('*2\r\n$1\r\nq\r\n$1\r\n1\r\n');
      await pusher.ask('LPOP q', '$1\r\n2\r\n');
      // What stood behind the blocked command died with the client.
      await pusher.ask('EXISTS never', ':0\r\n');
    }),
  );

  test(
    'drops a blocked client that sends more than may be read ahead',
    staged(
      async (wire, { server, client }) => {
        wire.say('BLPOP q 0\r\n');
        await until(() => blocked(server) === 1);
        wire.say('x'.repeat(60_000));
        await wire.hearEnd();
        await (await client()).ask('RPUSH q 1', ':1\r\n');
        expect(blocked(server)).toBe(0);
      },
      { request: 50_000 },
    ),
  );

  // --- SUBSCRIBE

  test(
    'sends a subscriber what is published, and nothing else is allowed to it',
    staged(async (subscriber, { client }) => {
      const publisher = await client();
      await publisher.ask('PUBLISH a x', ':0\r\n');
      subscriber.say('SUBSCRIBE a b\r\n');
      await subscriber.hear('*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n');
      await subscriber.hear('*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n');
      await publisher.ask('PUBLISH a hello', ':1\r\n');
      await subscriber.hear('*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nhello\r\n');
      await subscriber.ask('PING', '*2\r\n$4\r\npong\r\n$0\r\n\r\n');
      await subscriber.ask(
        'GET a',
        "-ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n",
      );
      await subscriber.ask('UNSUBSCRIBE a', '*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n');
      await publisher.ask('PUBLISH a again', ':0\r\n');
      await subscriber.ask('UNSUBSCRIBE', '*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:0\r\n');
      await subscriber.ask('UNSUBSCRIBE', '*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n');
      await subscriber.ask('BLPOP q 0.01', '*-1\r\n');
      await subscriber.ask('SUBSCRIBE c', '*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n');
      // A protocol error and QUIT come behind the messages that wait.
      await publisher.ask('PUBLISH c last', ':1\r\n');
      subscriber.say('QUIT\r\n');
      await subscriber.hear('*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$4\r\nlast\r\n+OK\r\n');
      await subscriber.hearEnd();
      await publisher.ask('PUBLISH c gone', ':0\r\n');
    }),
  );

  test(
    'keeps the order of messages and answers for a subscriber that reads late',
    staged(async (subscriber, { client }) => {
      const publisher = await client();
      await subscriber.ask('SUBSCRIBE a', '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n');
      const text = 'm'.repeat(10_000);
      const message = `*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$10000\r\n${text}\r\n`;
      for (let i = 0; i < 700; i++) publisher.say(`PUBLISH a ${text}\r\n`);
      await publisher.hear(':1\r\n'.repeat(700));
      subscriber.say('PING x\r\nUNSUBSCRIBE\r\nPING\r\n');
      await subscriber.hear(message.repeat(700));
      await subscriber.hear('*2\r\n$4\r\npong\r\n$1\r\nx\r\n');
      await subscriber.hear('*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n+PONG\r\n');
    }),
  );

  test(
    'drops a subscriber that does not keep up; the others do not wait for it',
    staged(
      async (publisher, { server, client }) => {
        const slow = await rawSocket(server.port);
        slow.pause();
        slow.write('SUBSCRIBE a\r\n');
        const quick = await client();
        await quick.ask('SUBSCRIBE a', '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n');
        await until(() => server.clients.size === 3);
        const text = 'm'.repeat(50_000);
        const message = `*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$50000\r\n${text}\r\n`;
        // The system takes some megabytes before the mailbox begins to fill.
        let sent = 0;
        for (; server.clients.size === 3; sent++) {
          publisher.say(`PUBLISH a ${text}\r\n`);
          await publisher.reader.readline();
          await quick.hear(message);
          expect(sent).toBeLessThan(2000);
        }
        expect(sent).toBeGreaterThan(5);
        const closed = once(slow, 'close');
        slow.resume();
        await closed;
        await publisher.ask('PUBLISH a x', ':1\r\n');
      },
      { mailbox: 300_000 },
    ),
  );

  // --- the end

  test('stops: blocked, subscribed and idle clients are let go, what has begun is finished', () =>
    onStage({ kind }, async ({ server, client }) => {
      const [idle, blockedOne, subscribed, half, late] = await Promise.all(
        Array.from({ length: 5 }, client),
      );
      blockedOne?.say('BLPOP q 0\r\n');
      await subscribed?.ask('SUBSCRIBE a', '*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n');
      await late?.ask(`SET k ${'v'.repeat(60_000)}`, '+OK\r\n');
      late?.say('GET k\r\n'.repeat(200));
      half?.say('PING\r\n*2\r\n$3\r\nGET');
      await half?.hear('+PONG\r\n');
      await until(() => blocked(server) === 1 && server.commandsProcessed > 20);
      const stopped = server.stop(10);
      const task = (async () => expect(await stopped).toBe(true))();
      for (const wire of [idle, blockedOne, subscribed]) await wire?.hearEnd();
      half?.say('\r\n$1\r\nk\r\nPING\r\n');
      await half?.hear(`$60000\r\n${'v'.repeat(60_000)}\r\n`);
      await late?.hear(`$60000\r\n${'v'.repeat(60_000)}\r\n`.repeat(200));
      await task;
    }));

  test('stops in its time, whatever clients do', () =>
    onStage({ kind }, async ({ server, client }) => {
      const half = await client();
      half.say('PING\r\n*2\r\n');
      await half.hear('+PONG\r\n');
      const deaf = await client();
      await deaf.ask(`SET k ${'v'.repeat(60_000)}`, '+OK\r\n');
      deaf.say('GET k\r\n'.repeat(1000));
      await until(() => server.commandsProcessed > 10);
      expect(await server.stop(0.1)).toBe(false);
      expect(server.clients.size).toBe(0);
    }));
});

function blocked({ clients }: Stage['server']): number {
  return [...clients].filter((client) => client.blocked !== null).length;
}
