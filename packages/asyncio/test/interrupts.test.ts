/** Ctrl-C and other signals in odd places: the scenes have processes of their own, and what they wait for is real. */
import { beforeAll, describe, expect, test } from '@jest/globals';

import { playSignals } from './play-signals.js';

const INTERRUPTED = 130;

interface Scene {
  readonly title: string;
  readonly signals: readonly NodeJS.Signals[];
  /** What it says, in order. */
  readonly lines: readonly string[];
}

/** Those that do not end their process; one plays them all. */
const scenes: Record<string, Scene> = {
  cleansUp: {
    title: '[S276] Ctrl-C waits for the cleanup of main',
    signals: ['SIGINT'],
    lines: ['cleaned up', 'ended with KeyboardInterrupt'],
  },
  inACallback: {
    title: '[S276] Ctrl-C interrupts no callback',
    signals: [],
    lines: ['callback over', 'finally', 'ended with KeyboardInterrupt'],
  },
  swallows: {
    title: '[S276] Ctrl-C may be swallowed by main',
    signals: ['SIGINT'],
    lines: ['CancelledError', 'result', 'ended well'],
  },
  converts: {
    title: '[S276] Ctrl-C may be made another error by main',
    signals: ['SIGINT'],
    lines: ['ended with RangeError'],
  },
  beforeTheFirstStep: {
    title: '[S276] Ctrl-C before the first step of main',
    signals: [],
    lines: ['ended with KeyboardInterrupt'],
  },
  asMainEnds: {
    title: 'Ctrl-C when main is done already',
    signals: [],
    lines: ['ended with KeyboardInterrupt'],
  },
  twiceInCleanup: {
    title: 'Ctrl-C twice, the second one in the cleanup of main',
    signals: ['SIGINT', 'SIGINT'],
    lines: ['cleanup', 'cleanup cancelled', 'ended with KeyboardInterrupt'],
  },
  duringShutdown: {
    title: 'Ctrl-C cuts a shutdown short',
    signals: ['SIGINT'],
    lines: ['KeyboardInterrupt, closed true', 'listeners 0', 'ended with KeyboardInterrupt'],
  },
  runAgain: {
    title: '[S274] Ctrl-C leaves a runner that can run again',
    signals: ['SIGINT', 'SIGINT'],
    lines: ['KeyboardInterrupt', 'listeners 0', 'KeyboardInterrupt', 'listeners 0', 'ended well'],
  },
  inAGroup: {
    title: 'Ctrl-C takes a group and a time limit down with main',
    signals: ['SIGINT'],
    lines: ['body', 'child', 'ended with KeyboardInterrupt'],
  },
  leftoverFails: {
    title: '[S271] Ctrl-C: errors of leftovers are reported',
    signals: ['SIGINT'],
    lines: [
      'reported unhandled exception during run() shutdown, RangeError',
      'ended with KeyboardInterrupt',
    ],
  },
  sideBySide: {
    title: 'Ctrl-C: of two runs side by side the first is interrupted',
    signals: ['SIGINT'],
    lines: ['KeyboardInterrupt', 'second', 'ended well'],
  },
  graceful: {
    title: 'SIGTERM may cancel main, which ends in good order',
    signals: ['SIGTERM'],
    lines: ['ended in good order', 'ended well'],
  },
  stops: {
    title: 'SIGTERM may stop a loop that runs for ever',
    signals: ['SIGTERM'],
    lines: ['stopped', 'listeners 0', 'ended well'],
  },
  interruptHandlerRemoved: {
    title: '[S243] without the handler of SIGINT it cancels main again',
    signals: ['SIGINT', 'SIGINT'],
    lines: ['handled, removed true', 'cancelled', 'ended with KeyboardInterrupt'],
  },
  asACallback: {
    title: '[S242] a signal is a callback with arguments, never inside other code',
    signals: [],
    lines: ['code over', 'two words, added, null, undefined', 'changed', 'ended well'],
  },
  severalLoops: {
    title: 'each loop with a handler is told of a signal',
    signals: ['SIGUSR2'],
    lines: ['one told', 'two told', 'listeners 0', 'ended well'],
  },
};

describe.each(['generator', 'async'])('signals [%s]', (kind) => {
  const said = new Map<string, string[]>();

  beforeAll(async () => {
    const signals = Object.values(scenes).flatMap((scene) => scene.signals);
    const names = Object.keys(scenes).join(',');
    const { lines } = await playSignals('interrupts', names, kind, ...signals);
    let present: string[] = [];
    for (const line of lines) {
      const name = /^scene (\w+)$/.exec(line)?.[1];
      if (name === undefined) present.push(line);
      else said.set(name, (present = []));
    }
  }, 70_000);

  for (const [name, { title, lines }] of Object.entries(scenes)) {
    test(title, () => {
      expect(said.get(name)).toEqual(lines);
    });
  }
});

describe('the end of a process', () => {
  test.each([
    ['a generator coroutine', 'generator', ['SIGINT']],
    ['an async function', 'async', ['SIGINT', 'SIGINT', 'SIGINT']],
  ] as const)('%s at a foreign promise is given up', async (_what, kind, signals) => {
    const { code, lines } = await playSignals('interrupts', 'stuck', kind, ...signals);
    expect({ code, lines }).toEqual({ code: INTERRUPTED, lines: ['KeyboardInterrupt'] });
  });

  test('that Ctrl-C interrupts in its shutdown has the code 130, too', async () => {
    const { code } = await playSignals('interrupts', 'duringShutdown', 'async', 'SIGINT');
    expect(code).toBe(INTERRUPTED);
  });

  test('Ctrl-C without a runner kills it', async () => {
    const { signal, lines } = await playSignals('interrupts', 'noRunner', 'async', 'SIGINT');
    expect({ signal, lines }).toEqual({ signal: 'SIGINT', lines: ['listeners 0'] });
  });

  test('[S243] without its handler it dies of SIGTERM', async () => {
    const { signal, lines } = await playSignals('interrupts', 'handlerRemoved', 'async', 'SIGTERM');
    expect({ signal, lines }).toEqual({ signal: 'SIGTERM', lines: ['removed true'] });
  });

  test('an error that leaves run ends it with 1, and is printed once', async () => {
    const { code, stderr } = await playSignals('interrupts', 'fails', 'async');
    expect(code).toBe(1);
    expect(stderr.match(/RangeError: nobody catches this/g)).toHaveLength(1);
  });
});
