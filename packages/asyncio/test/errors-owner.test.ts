// Every callback of the loop that fails is reported once, through the exception handler; the network is on loopback.
import { expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

const script = `
  import { getRunningLoop, Protocol, run } from 'asyncio-ts';

  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.on(event, (error) => console.log(event, String(error)));
  }

  class Failing extends Protocol {
    constructor(where) { super(); this.where = where; }
    at(where) { if (this.where === where) throw new Error(where); }
    connectionMade(transport) {
      this.at('connectionMade');
      if (this.where !== 'pauseWriting') return;
      transport.setWriteBufferLimits({ high: 1 });
      transport.write(Buffer.alloc(1 << 22));
    }
    pauseWriting() { this.at('pauseWriting'); }
    dataReceived() { this.at('dataReceived'); }
    eofReceived() { this.at('eofReceived'); }
    connectionLost() { this.at('connectionLost'); }
  }
  class Client extends Protocol {
    constructor(ended) { super(); this.ended = ended; }
    connectionMade(transport) { transport.write(Buffer.from('data')); transport.writeEof(); }
    connectionLost() { this.ended.setResult(); }
  }

  async function connection(loop, where, reported) {
    const server = await loop.createServer(() => {
      if (where === 'factory') throw new Error(where);
      return new Failing(where);
    }, '127.0.0.1', 0);
    const [, port] = server.sockets[0].getsockname();
    const ended = loop.createFuture();
    const [transport] = await loop.createConnection(() => new Client(ended), '127.0.0.1', port);
    await reported;
    transport.abort();
    await ended;
    server.close();
    await server.waitClosed();
  }

  async function signal(loop) {
    const came = loop.createFuture();
    loop.addSignalHandler('SIGUSR2', () => {
      came.setResult();
      throw new Error('signal');
    });
    process.kill(process.pid, 'SIGUSR2');
    await came;
    loop.removeSignalHandler('SIGUSR2');
  }

  const places = ['factory', 'connectionMade', 'dataReceived', 'eofReceived', 'connectionLost', 'pauseWriting'];
  for (const where of [...places, 'signal']) {
    const reports = [];
    await run(async () => {
      const loop = getRunningLoop();
      const reported = loop.createFuture();
      loop.setExceptionHandler((_loop, { exception }) => {
        reports.push(exception.message);
        if (!reported.done()) reported.setResult();
      });
      await (where === 'signal' ? signal(loop) : connection(loop, where, reported));
    });
    console.log(where, '->', ...reports);
  }
`;

test('a failing protocol, protocol factory or signal handler is reported once', async () => {
  const { code, stdout, stderr } = await runChild(script);
  expect(stderr).toBe('');
  expect(stdout.trim().split('\n')).toEqual(
    [
      'factory',
      'connectionMade',
      'dataReceived',
      'eofReceived',
      'connectionLost',
      'pauseWriting',
      'signal',
    ].map((where) => `${where} -> ${where}`),
  );
  expect(code).toBe(0);
});
