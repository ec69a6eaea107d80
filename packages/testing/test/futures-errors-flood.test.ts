// Many failing tasks at once: what Node makes of it is seen from outside only, so each flood has a process of its own.
import { describe, expect, test } from '@jest/globals';

import { runChild } from '../../../scripts/test/child.js';

const COUNT = 10_000;

interface Flood {
  /** How many errors the loop's exception handler was given, and how many different ones. */
  readonly reports: number;
  readonly different: number;
  /** How many texts went to the logger, by their first line. */
  readonly logged: Record<string, number>;
  readonly unhandled: number;
  /** Bytes a task that are still in use when all is over. */
  readonly bytes: number;
}

async function flood(kind: string, handler: string, collect: boolean): Promise<Flood> {
  const { code, stdout, stderr } = await runChild(
    `
    import { BaseEventLoop, logger } from '@asyncio-ts/loop';
    import { coroutine, createTask, runUntilComplete } from '@asyncio-ts/futures';

    let reports = 0;
    let unhandled = 0;
    const errors = new Set();
    const logged = {};
    process.on('unhandledRejection', () => unhandled++);
    logger.error = (text) => {
      const [line] = text.split('\\n');
      logged[line] = (logged[line] ?? 0) + 1;
    };
    const loop = new BaseEventLoop();
    const note = (_loop, { exception }) => {
      reports++;
      errors.add(exception.message);
    };
    const handlers = {
      custom: note,
      throwing: (loop, context) => {
        note(loop, context);
        throw new Error('of the handler');
      },
      default: null,
    };
    loop.setExceptionHandler(handlers['${handler}']);

    const turn = coroutine(function* turn() { yield; });
    const bodies = {
      generator: (i) => function* () { yield; throw new Error('number ' + i); },
      async: (i) => async () => { await turn(); throw new Error('number ' + i); },
    };
    const body = bodies['${kind}'];
    const main = function* () {
      for (let i = 0; i < ${COUNT}; i++) createTask(loop, body(i));
      for (let i = 0; i < 4; i++) yield;
    };
    const collect = async (rounds) => {
      for (let i = 0; i < rounds; i++) {
        globalThis.gc();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await collect(1);
    const before = process.memoryUsage().heapUsed;
    await runUntilComplete(loop, main);
    if (${String(collect)}) await collect(5);
    loop.close();
    const different = errors.size;
    errors.clear();
    await collect(2);
    const bytes = Math.round((process.memoryUsage().heapUsed - before) / ${COUNT});
    console.log(JSON.stringify({ reports, different, logged, unhandled, bytes }));
  `,
    { flags: ['--expose-gc'] },
  );
  expect(stderr).toBe('');
  expect(code).toBe(0);
  return JSON.parse(stdout) as Flood;
}

describe(`${COUNT} tasks fail and nobody looks`, () => {
  for (const kind of ['generator', 'async']) {
    for (const [collect, when] of [
      [true, 'collected'],
      [false, 'closed'],
    ] as const) {
      test(`each is reported once, when it is ${when}, to a handler [${kind}]`, async () => {
        const { bytes, ...seen } = await flood(kind, 'custom', collect);
        expect(seen).toEqual({ reports: COUNT, different: COUNT, logged: {}, unhandled: 0 });
        expect(bytes).toBeLessThan(300);
      }, 60_000);
    }

    test(`each is logged once without a handler [${kind}]`, async () => {
      const { reports, logged, unhandled } = await flood(kind, 'default', true);
      expect(logged).toEqual({ 'Task exception was never retrieved': COUNT });
      expect({ reports, unhandled }).toEqual({ reports: 0, unhandled: 0 });
    }, 60_000);

    test(`a handler that throws is told of each, and each of its own errors is logged [${kind}]`, async () => {
      const { bytes: _, ...seen } = await flood(kind, 'throwing', false);
      expect(seen).toEqual({
        reports: COUNT,
        different: COUNT,
        logged: { 'Unhandled error in exception handler': COUNT },
        unhandled: 0,
      });
    }, 60_000);
  }
});
