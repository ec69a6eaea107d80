/** The wide loop in odd places. What has sockets waits on the real clock. */
import { describe, expect, test } from '@jest/globals';
import {
  EventLoop,
  getRunningLoop,
  newEventLoop,
  Protocol,
  run,
  VirtualSelector,
} from 'asyncio-ts';

test('[S241] readers and writers of what a transport owns are refused', async () => {
  await run(async () => {
    const loop = getRunningLoop();
    const server = await loop.createServer(() => new Protocol(), '127.0.0.1', 0);
    const [, port] = server.sockets[0]?.getsockname() as readonly [string, number];
    const [transport] = await loop.createConnection(() => new Protocol(), '127.0.0.1', port);
    for (const owned of [transport, transport.getExtraInfo('socket') as object]) {
      expect(() => loop.addReader(owned, () => undefined)).toThrow(TypeError);
      expect(() => loop.addWriter(owned, () => undefined)).toThrow(TypeError);
      expect(loop.removeReader(owned)).toBe(false);
    }
    transport.close();
    server.close();
    await server.waitClosed();
  });
});

describe('signal handlers', () => {
  /** As if the signal had come: the listener of the loop is called. */
  const arrives = (): boolean => process.emit('SIGUSR2');

  test('[S242] are called once for each signal, in the order of other callbacks', async () => {
    const loop = newEventLoop();
    const log: string[] = [];
    loop.addSignalHandler('SIGUSR2', (word: string) => log.push(word), 'signal');
    loop.callSoon(() => {
      loop.callSoon(() => log.push('before'));
      arrives();
      arrives();
      loop.callSoon(() => log.push('behind'));
      loop.callSoon(() => loop.stop());
      log.push('code over');
    });
    await loop.runForever();
    expect(log).toEqual(['code over', 'before', 'signal', 'signal', 'behind']);
    loop.close();
  });

  test('[S243] one that was removed or replaced after the signal came is as it was queued', async () => {
    const loop = newEventLoop();
    const log: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => log.push('first'));
    loop.callSoon(() => {
      arrives();
      loop.addSignalHandler('SIGUSR2', () => log.push('second'));
      arrives();
      expect(loop.removeSignalHandler('SIGUSR2')).toBe(true);
      expect(loop.removeSignalHandler('SIGUSR2')).toBe(false);
      expect(arrives()).toBe(false);
      loop.callSoon(() => loop.stop());
    });
    await loop.runForever();
    expect(log).toEqual(['first', 'second']);
    loop.close();
  });

  test('wait for the next run of a loop that does not run', async () => {
    const loop = newEventLoop();
    const log: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => log.push('signal'));
    arrives();
    expect(log).toEqual([]);
    loop.stop();
    await loop.runForever();
    expect(log).toEqual(['signal']);
    loop.close();
    expect(arrives()).toBe(false);
  });

  test('that stop the loop leave it at the end of that turn', async () => {
    const loop = new EventLoop({ selector: new VirtualSelector() });
    const log: string[] = [];
    loop.addSignalHandler('SIGUSR2', () => {
      loop.stop();
      loop.callSoon(() => log.push('next run'));
    });
    loop.callSoon(() => {
      arrives();
      loop.callSoon(() => log.push('same turn'));
    });
    await loop.runForever();
    expect(log).toEqual(['same turn']);
    loop.close();
  });
});
