import { describe, expect, jest, test } from '@jest/globals';
import { BaseEventLoop, KeyboardInterrupt, NodeSelector, VirtualSelector } from '@asyncio-ts/loop';

const selectors = { virtual: () => new VirtualSelector(), node: () => new NodeSelector() };

describe.each(Object.entries(selectors))(
  'leaving a run, on the selector %s',
  (name, newSelector) => {
    const newLoop = (): BaseEventLoop => new BaseEventLoop({ selector: newSelector() });
    const afterwards = {
      nothing: () => undefined,
      'a stop': (loop: BaseEventLoop) => loop.stop(),
      'an interrupt': () => {
        throw new KeyboardInterrupt();
      },
    };

    test.each(Object.entries(afterwards))(
      'a run abandoned by what runs in it is over, with %s behind it',
      async (_what, then) => {
        const selector = newSelector();
        const loop = new BaseEventLoop({ selector });
        const log: string[] = [];
        const error = new Error('abandoned');
        // A wait that nobody is behind any more would hold the process for an hour.
        const waits = jest.spyOn(selector as NodeSelector, 'waitUntil');
        const timer = loop.callLater(3600, () => log.push('never'));
        loop.callSoon(() => {
          expect(loop._abandon(error)).toBe(true);
          expect(loop.isRunning()).toBe(false);
          expect(loop._abandon(error)).toBe(false);
          then(loop);
        });
        await expect(loop.runForever()).rejects.toBe(error);
        expect(waits).not.toHaveBeenCalled();
        timer.cancel();
        loop.callSoon(() => {
          log.push('next run');
          loop.stop();
        });
        await loop.runForever();
        expect(log).toEqual(['next run']);
        loop.close();
      },
    );

    test('[S226] what must leave the loop does so at once from an open async step, too', async () => {
      const loop = newLoop();
      const log: string[] = [];
      const interrupt = new KeyboardInterrupt();
      loop.callSoon(() => {
        loop._openStep();
        void Promise.resolve().then(() => {
          loop.callSoon(() => log.push('next run'));
          loop._raise(interrupt);
        });
      });
      loop.callSoon(() => log.push('same turn'));
      await expect(loop.runForever()).rejects.toBe(interrupt);
      // Without exactOrder the turn had come to its end before the step went on.
      expect(log).toEqual(name === 'virtual' ? [] : ['same turn']);
      loop.stop();
      await loop.runForever();
      expect(log).toEqual(['same turn', 'next run']);
      loop.close();
    });

    test('where no loop runs, it is what the next turn ends with', () => {
      const loop = newLoop();
      const interrupt = new KeyboardInterrupt();
      loop._raise(interrupt);
      expect(() => loop._runOnce()).toThrow(interrupt);
      loop.close();
    });
  },
);
