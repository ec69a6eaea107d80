import { describe, expect, test } from '@jest/globals';

import { describeDifference, firstDifference } from '../src/random/differ.js';
import { generate } from '../src/random/generate.js';
import { modesOf } from '../src/random/modes.js';
import { play } from '../src/random/play.js';
import { MODES, type Program, type Statement } from '../src/random/program.js';
import { toPython } from '../src/random/python.js';
import { pythonScript, typeScriptScript } from '../src/random/script.js';
import { shrink } from '../src/random/shrink.js';
import { toTypeScript } from '../src/random/typescript.js';

function program(body: readonly Statement[]): Program {
  const table = {
    ...{ futures: 1, locks: 1, events: 1, conditions: [-1] },
    ...{ semaphores: [1], barriers: [1], queues: [{ kind: 'Queue', maxsize: 0 }] },
  };
  return { seed: 0, table, eager: false, rescue: true, tasks: [{ id: 1, body }] };
}

describe('a random program', () => {
  test('is the same for a seed, each time', () => {
    expect(JSON.stringify(generate(17))).toBe(JSON.stringify(generate(17)));
    expect(JSON.stringify(generate(17))).not.toBe(JSON.stringify(generate(18)));
  });

  test('survives being stored as JSON', () => {
    const made = generate(5);
    expect(toPython(JSON.parse(JSON.stringify(made)) as Program)).toBe(toPython(made));
  });

  test('gives the same trace twice', async () => {
    for (let seed = 0; seed < 20; seed++) {
      const made = generate(seed);
      for (const mode of modesOf(made)) {
        expect(await play(made, mode)).toEqual(await play(made, mode));
      }
    }
  });

  test('that waits for ever ends with a word about it', async () => {
    const stuck = { ...program([{ do: 'event.wait', a: 0 }]), rescue: false };
    for (const mode of MODES) {
      const trace = await play(stuck, mode);
      expect(trace).toContain('0 main deadlock');
      expect(trace).toContain('0 end T0 pending 0');
    }
  });

  test('is not compared in async functions when tasks start eagerly', () => {
    const made = program([{ do: 'turn' }]);
    expect(modesOf(made)).toEqual(MODES);
    expect(modesOf({ ...made, eager: true })).toEqual(['generator']);
    const eager = [{ do: 'spawn', eager: true, fn: { id: 2, body: [] } }];
    expect(modesOf(program(eager))).toEqual(['generator']);
  });
});

describe('a program that differs', () => {
  test('is cut down to what matters', async () => {
    const inner: Statement[] = [{ do: 'turn' }, { do: 'lock.acquire', a: 0 }, { do: 'turn' }];
    const large = program([
      { do: 'sleep', b: 24 },
      { do: 'try', body: [{ do: 'call', fn: { id: 2, body: inner } }], handlers: [], last: [] },
      { do: 'repeat', b: 3, body: [{ do: 'turn' }] },
    ]);
    const holds = (smaller: Program): Promise<boolean> =>
      Promise.resolve(JSON.stringify(smaller).includes('lock.acquire'));
    const small = await shrink(large, holds);
    expect(small.tasks).toEqual([{ id: 1, body: [{ do: 'lock.acquire', a: 0 }] }]);
  });

  test('is told by the place where the traces part', () => {
    expect(firstDifference(['a', 'b'], ['a', 'b'])).toBeNull();
    expect(firstDifference(['a', 'b'], ['a', 'c'])).toBe(1);
    expect(firstDifference(['a', 'b'], ['a'])).toBe(1);
    expect(describeDifference(['a', 'b'], ['a'])).toContain('(ends here)');
  });
});

describe('a program is written', () => {
  const made = program([
    { do: 'timeout', id: 3, kind: 'timeout', b: 4, body: [{ do: 'sleep', b: 8 }] },
  ]);

  test('in Python', () => {
    expect(toPython(made)).toContain('async with limit3:\n            log(');
    expect(pythonScript(made)).toContain('from world import run');
  });

  test('in TypeScript, in each kind', () => {
    expect(toTypeScript(made, 'generator')).toContain('yield* limit3.use(function* () {');
    expect(toTypeScript(made, 'async')).toContain('await limit3.use(async () => {');
    expect(typeScriptScript(made, 'async')).toContain('const { coroutine, sleep, timeout');
  });
});
