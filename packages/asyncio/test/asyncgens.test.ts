import { describe, expect, test } from '@jest/globals';
import { scenes, wait } from '@asyncio-ts/testing';
import { anext, createTask, EventLoop, type ExceptionContext, run, sleep } from 'asyncio-ts';

const scene = scenes(test, { newLoop: (selector) => new EventLoop({ selector }) as never });

function fail(name: string): never {
  throw new Error(`${name} failed`);
}

async function* counting(name: string, events: string[], failing = false): AsyncGenerator<number> {
  try {
    yield 1;
    yield 2;
  } finally {
    await sleep(0.001);
    events.push(`${name} closed`);
    if (failing) fail(name);
  }
}

describe('shutdownAsyncgens', () => {
  scene('[S281] closes what anext left half-way, in the order it was begun', function* (t) {
    const loop = t.loop as unknown as EventLoop;
    const events: string[] = [];
    const a = counting('a', events);
    const b = counting('b', events);
    const ended = counting('ended', events);
    expect(yield* wait(anext(a))).toBe(1);
    expect(yield* wait(anext(b))).toBe(1);
    expect(yield* wait(anext(a))).toBe(2);
    while ((yield* wait(anext(ended, 'end'))) !== 'end');
    events.push('shutdown');
    yield* wait(loop.shutdownAsyncgens());
    yield* wait(loop.shutdownAsyncgens());
    expect(events).toEqual(['ended closed', 'shutdown', 'a closed', 'b closed']);
    expect(yield* wait(anext(a, 'end'))).toBe('end');
  });

  scene('[S281] reports what fails, and closes the others', function* (t) {
    const loop = t.loop as unknown as EventLoop;
    const events: string[] = [];
    const failing = counting('failing', events, true);
    const other = counting('other', events);
    yield* wait(anext(failing));
    yield* wait(anext(other));
    yield* wait(loop.shutdownAsyncgens());
    expect(events).toEqual(['failing closed', 'other closed']);
    const [report] = t.takeReports();
    expect(report?.message).toMatch(/^an error occurred during closing of asynchronous generator/);
    expect(report?.asyncgen).toBe(failing);
  });
});

test('[S272] run closes generators even if main and what was left failed', async () => {
  const events: string[] = [];
  const reports: ExceptionContext[] = [];
  const generator = counting('generator', events);
  const main = async (): Promise<void> => {
    await anext(generator);
    throw new Error('main failed');
  };
  const loopFactory = (): EventLoop => {
    const loop = new EventLoop();
    loop.setExceptionHandler((_, context) => reports.push(context));
    return loop;
  };
  const failingLeftover = async (): Promise<void> => {
    try {
      await sleep(3600);
    } finally {
      fail('leftover');
    }
  };
  await expect(
    run(
      async () => {
        createTask(failingLeftover);
        await sleep(0);
        await main();
      },
      { loopFactory },
    ),
  ).rejects.toThrow('main failed');
  expect(events).toEqual(['generator closed']);
  expect(reports.map((report) => (report.exception as Error).message)).toEqual(['leftover failed']);
});
