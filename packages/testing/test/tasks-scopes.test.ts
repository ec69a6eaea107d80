/** A scope's cancel reaches only what waits inside it; a cancel of the task reaches everything. */
import { describe, expect, test } from '@jest/globals';
import { BaseEventLoop, NodeSelector, VirtualSelector } from '@asyncio-ts/loop';
import { CancelledError, currentTask, runUntilComplete } from '@asyncio-ts/futures';
import {
  createTask,
  type ExceptionGroup,
  gather,
  sleep,
  TaskGroup,
  timeout,
  TimeoutError,
  waitFor,
} from '@asyncio-ts/tasks';

const selectors = {
  virtual: () => new VirtualSelector(),
  node: () => new NodeSelector(),
  'node, exact': () => new NodeSelector({ exactOrder: true }),
};

describe.each(Object.entries(selectors))('branches of one task (%s)', (name, selector) => {
  // Far enough apart for a busy machine: what is due in one turn is another scene.
  const soon = name === 'virtual' ? 1 : 0.01;
  const later = 15 * soon;

  const play = async (main: (events: string[]) => Promise<unknown>): Promise<string[]> => {
    const loop = new BaseEventLoop({ selector: selector() });
    const reports: string[] = [];
    loop.setExceptionHandler((_loop, context) => reports.push(context.message));
    const events: string[] = [];
    await runUntilComplete(loop, async () => {
      await main(events);
      expect(currentTask()?.cancelling()).toBe(0);
      await sleep(0);
    });
    loop.close();
    expect(reports).toEqual([]);
    return events;
  };

  const limited = async (seconds: number, events: string[], name: string): Promise<string> => {
    try {
      await timeout(seconds).use(async () => {
        await sleep(3600);
      });
    } catch (error) {
      events.push(`${name} ${(error as Error).name}`);
    }
    return name;
  };

  const napping = async (seconds: number, events: string[], name: string): Promise<string> => {
    try {
      await sleep(seconds);
      events.push(`${name} slept`);
    } finally {
      events.push(`${name} ended`);
    }
    return name;
  };

  test('a timeout in one leaves the other alone', async () => {
    const events = await play(async (seen) => {
      const both = await Promise.all([limited(soon, seen, 'a'), napping(later, seen, 'b')]);
      expect(both).toEqual(['a', 'b']);
    });
    expect(events).toEqual(['a TimeoutError', 'b slept', 'b ended']);
  });

  test('timeouts in both, at different times and at one', async () => {
    expect(
      await play((seen) => Promise.all([limited(later, seen, 'a'), limited(soon, seen, 'b')])),
    ).toEqual(['b TimeoutError', 'a TimeoutError']);
    const together = await play((seen) =>
      Promise.all([limited(soon, seen, 'a'), limited(soon, seen, 'b')]),
    );
    expect(together.sort()).toEqual(['a TimeoutError', 'b TimeoutError']);
  });

  test('a cancel of the task reaches both', async () => {
    const events = await play(async (seen) => {
      const task = createTask(() =>
        Promise.all([limited(3600, seen, 'a'), napping(3600, seen, 'b')]),
      );
      await sleep(soon);
      task.cancel();
      await expect(task.then()).rejects.toBeInstanceOf(CancelledError);
      await sleep(soon);
    });
    expect(events.sort()).toEqual(['a CancelledError', 'b ended']);
  });

  test('a group that fails in one leaves the other alone', async () => {
    const group = async (): Promise<number> => {
      try {
        await new TaskGroup().use(async (tasks) => {
          tasks.createTask(async () => {
            await sleep(soon);
            throw new Error('child');
          });
          await sleep(3600);
        });
      } catch (error) {
        return (error as ExceptionGroup).exceptions.length;
      }
      return 0;
    };
    const events = await play(async (seen) => {
      expect(await Promise.all([group(), napping(later, seen, 'b')])).toEqual([1, 'b']);
    });
    expect(events).toEqual(['b slept', 'b ended']);
  });

  test('a timeout around a failing group in one leaves the other alone', async () => {
    const around = async (): Promise<string> => {
      try {
        await timeout(soon).use(() =>
          new TaskGroup().use(async (tasks) => {
            tasks.createTask(async () => {
              try {
                await sleep(3600);
              } finally {
                // eslint-disable-next-line no-unsafe-finally
                throw new Error('cleanup');
              }
            });
            await sleep(3600);
          }),
        );
      } catch (error) {
        return (error as Error).name;
      }
      return 'nothing';
    };
    const events = await play(async (seen) => {
      expect(await Promise.all([around(), napping(later, seen, 'b')])).toEqual([
        'ExceptionGroup',
        'b',
      ]);
    });
    expect(events).toEqual(['b slept', 'b ended']);
  });

  test('waitFor in one leaves the other alone, with all it can wait for', async () => {
    const events = await play(async (seen) => {
      const impatient = async (): Promise<string> => {
        try {
          await waitFor(async () => {
            await napping(3600, seen, 'inside');
          }, soon);
        } catch (error) {
          return (error as Error).name;
        }
        return 'nothing';
      };
      expect(await Promise.all([impatient(), napping(later, seen, 'b')])).toEqual([
        'TimeoutError',
        'b',
      ]);
    });
    expect(events).toEqual(['inside ended', 'b slept', 'b ended']);
  });

  test('nested scopes: the outer reaches the inner, not the other way round', async () => {
    const events = await play(async (seen) => {
      try {
        await timeout(later).use(async () => {
          await Promise.all([limited(soon, seen, 'inner'), napping(3600, seen, 'beside')]);
        });
      } catch (error) {
        seen.push((error as Error).name);
      }
    });
    expect(events).toEqual(['inner TimeoutError', 'beside ended', 'TimeoutError']);
  });

  test('generators in between change nothing', async () => {
    const events = await play(async (seen) => {
      const limitedGenerator = function* (): Generator<unknown, string> {
        try {
          yield* timeout(soon).use(function* () {
            yield* gather(sleep(3600), sleep(3600));
          });
        } catch (error) {
          seen.push((error as Error).name);
        }
        return 'a';
      };
      const { coroutine } = await import('@asyncio-ts/futures');
      const a = coroutine(limitedGenerator);
      expect(await Promise.all([a(), napping(later, seen, 'b')])).toEqual(['a', 'b']);
    });
    expect(events).toEqual(['TimeoutError', 'b slept', 'b ended']);
  });

  test('a timeout by hand in an async function means the whole task', async () => {
    const events = await play(async (seen) => {
      const limit = timeout(soon);
      await limit.aenter();
      let error: unknown = null;
      try {
        await Promise.all([napping(3600, seen, 'a'), napping(3600, seen, 'b')]);
      } catch (thrown) {
        error = thrown;
      }
      await expect(limit.aexit(error).then()).rejects.toBeInstanceOf(TimeoutError);
    });
    expect(events.sort()).toEqual(['a ended', 'b ended']);
  });
});

describe('foreign promises', () => {
  /** As `fetch`: it ends by itself, or by the signal. */
  const fetching = (signal: AbortSignal, milliseconds: number): Promise<string> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, milliseconds, 'fetched');
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      });
    });

  test('the signal of the scope stops them', async () => {
    await runUntilComplete(new BaseEventLoop(), async () => {
      const attempt = async (seconds: number, milliseconds: number): Promise<string> => {
        try {
          return await timeout(seconds).use(({ signal }) => fetching(signal, milliseconds));
        } catch (error) {
          return (error as Error).name;
        }
      };
      expect(await Promise.all([attempt(0.005, 10_000), attempt(10, 50)])).toEqual([
        'TimeoutError',
        'fetched',
      ]);
      expect(await attempt(10, 1)).toBe('fetched');
    });
  });

  test('the virtual clock stands while they are waited for', async () => {
    const loop = new BaseEventLoop({ selector: new VirtualSelector() });
    const result = await runUntilComplete(loop, async () => {
      const inTime = await timeout(5).use(async ({ signal }) => await fetching(signal, 20));
      return [inTime, loop.time(), await sleep(3600, 'slept'), loop.time()];
    });
    expect(result).toEqual(['fetched', 0, 'slept', 3600]);
    loop.close();
  });

  test('without it the cancel comes at the next wait, in each branch its own', async () => {
    await runUntilComplete(new BaseEventLoop(), async () => {
      const deaf = async (milliseconds: number): Promise<string> => {
        try {
          return await timeout(0.005).use(async () => {
            await new Promise((resolve) => setTimeout(resolve, milliseconds));
            await sleep(3600);
            return 'slept';
          });
        } catch (error) {
          return (error as Error).name;
        }
      };
      const patient = async (): Promise<string> => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return await sleep(0.01, 'slept');
      };
      expect(await Promise.all([deaf(20), deaf(25), patient()])).toEqual([
        'TimeoutError',
        'TimeoutError',
        'slept',
      ]);
      expect(currentTask()?.cancelling()).toBe(0);
      await sleep(0);
    });
  });

  test('a body that was not stopped gives its result, and no cancel is left over', async () => {
    await runUntilComplete(new BaseEventLoop(), async () => {
      const limit = timeout(0.005);
      const result = await limit.use(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        return 'too late, but here';
      });
      expect(result).toBe('too late, but here');
      expect(limit.expired()).toBe(true);
      expect(currentTask()?.cancelling()).toBe(0);
      await sleep(0.001);
    });
  });
});
