import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, test } from '@jest/globals';

import { runChild } from '../../scripts/test/child.js';

// The numbered programs of docs/examples, as they are, in processes of their own. Those that sleep run on virtual time, except
// one. Numbers 13 and 14 have a database: programs-database.test.ts.

const folder = new URL('../examples/', import.meta.url);
const root = fileURLToPath(new URL('../../', import.meta.url));
const files = readdirSync(folder)
  .filter((file) => /^\d+-.*\.ts$/.test(file))
  .sort();
const numberOf = (file: string): number => Number.parseInt(file, 10);
const sourceOf = (file: string): string => readFileSync(new URL(file, folder), 'utf8');
const urlOf = (number: number): string =>
  new URL(files.find((file) => numberOf(file) === number) as string, folder).href;

const PATIENCE = 120;

/** Source maps: as `npm run example` has them. */
async function printed(script: string): Promise<string> {
  const { code, stdout, stderr } = await runChild(script, {
    flags: ['--enable-source-maps'],
    seconds: PATIENCE,
  });
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** Lines, without the indentation of this file. */
const lines = (text: string): string => `${text.trim().replace(/^ +/gm, '')}\n`;

describe('the list of programs', () => {
  const readme = sourceOf('README.md');

  test.each(files)('%s says its number, and README.md has a line for it', (file) => {
    expect(sourceOf(file)).toMatch(new RegExp(`^/\\*\\*\\n \\* ${numberOf(file)}\\. \\S`));
    expect(readme).toContain(`[${numberOf(file)}](${file})`);
  });

  test('has nothing that is not there', () => {
    const listed = [...readme.matchAll(/\[\d+\]\((.+?\.ts)\)/g)].map(([, file]) => file);
    expect(listed).toEqual(files);
  });
});

describe('the generator protocol', () => {
  let outputs: string[];
  beforeAll(async () => {
    const urls = [0, 1, 2, 3, 4, 5, 6, 7, 8].map(urlOf);
    const all = await printed(
      urls.map((url) => `await import('${url}'); console.log('====');`).join('\n'),
    );
    outputs = all.split('====\n');
  }, PATIENCE * 1000);

  test.each<[number, string]>([
    [
      0,
      `by hand: [ 3, 2, 1 ] [ 3, 2, 1 ]
       squares: [ 9, 4, 1 ] and once more: []
       start...
       running
       undefined
       collected: [ 1, 2 ]
       0
       sent to it: tea
       1
       sent to it: undefined
       2
       sent to it: cake
       3`,
    ],
    [
      1,
      `made:    GEN_CREATED
       inside:  GEN_RUNNING
       waiting: GEN_SUSPENDED
       ended:   GEN_CLOSED
       made:    CORO_CREATED
       inside:  CORO_RUNNING
       waiting: CORO_SUSPENDED
       closed:  CORO_CLOSED`,
    ],
    [
      2,
      `the receiver got 42
       { value: undefined, done: true }
       started: a = 14
       { value: 14, done: false }
       received: b = 28
       { value: 42, done: false }
       received: c = 99
       { value: 'finished', done: true }
       TypeError: Cannot send 42 to the just-started coroutine 'receiving': send undefined first`,
    ],
    [
      3,
      `CORO_SUSPENDED
       40
       45
       TypeError: "123" is not a number
       CORO_CLOSED
       RuntimeError: Cannot reuse the already awaited coroutine 'averaging': call the function again`,
    ],
    [
      4,
      `- an error that is handled
       ready, 0 handled
       received 11
       ready, 0 handled
       handled it, going on
       ready, 1 handled
       CORO_SUSPENDED
       - close
       cleanup
       CORO_CLOSED
       - an error that is not handled
       cleanup
       came out: RangeError: not for you
       CORO_CLOSED
       - a yield during close
       RuntimeError: Cannot close the coroutine 'yielding': it yielded in its cleanup`,
    ],
    [
      5,
      `{ value: undefined, done: false }
       { value: undefined, done: false }
       count 2, average 15.0`,
    ],
    [
      7,
      `producer: sends 5
       consumer: got 5
       producer: is told more
       producer: sends 4
       consumer: got 4
       producer: is told more
       producer: sends 3
       consumer: got 3
       producer: is told enough`,
    ],
  ])('number %i', (number, expected) => {
    expect(outputs[number]).toBe(lines(expected));
  });

  test('number 6', () => {
    expect(outputs[6]?.split('\n')).toEqual([
      'A B C D E',
      'A B 1 2',
      '3: fail',
      '7: fail',
      'result: win',
      ' 6 boys  averaging 54.00kg',
      ' 6 boys  averaging 1.68m',
      ' 6 girls averaging 44.00kg',
      ' 6 girls averaging 1.58m',
      '',
    ]);
  });

  test('number 8 names the lines of its own source', () => {
    const source = sourceOf('08-suspended.ts').split('\n');
    const line = (text: string): number => source.findIndex((one) => one.includes(text)) + 1;
    const [begin, first, second] = ['function* remembers', 'yield 1;', 'yield c;'].map(line);
    const [outer, inner] = ['yield* inner();', 'yield* sleep(3600);'].map(line);
    const file = fileURLToPath(new URL('08-suspended.ts', folder));
    expect(outputs[8]?.split('\n').filter((one) => !/sleep\.ts|return yield/.test(one))).toEqual([
      `remembers, line ${begin}: {}`,
      `remembers, line ${first}: {}`,
      `remembers, line ${second}: { c: 10 }`,
      'closed: {}',
      `delegating at 08-suspended.ts:${outer}`,
      `waiting at 08-suspended.ts:${inner}`,
      expect.stringMatching(/^Stack for <Task pending name='sleeper' .*most recent call last\):$/),
      `  File "${file}", line ${outer}, in delegating`,
      '    yield* inner();',
      `  File "${file}", line ${inner}, in waiting`,
      '    yield* sleep(3600);',
      '',
    ]);
  });
});

describe('asyncio, on virtual time', () => {
  let outputs: string[];
  beforeAll(async () => {
    // Each line begins with the time on the loop's clock.
    const all = await printed(`
      import { EventLoop, VirtualSelector } from 'asyncio-ts';
      let loop;
      const makeLoop = () => (loop = new EventLoop({ selector: new VirtualSelector() }));
      const { log } = console;
      const program = async (url, arrange) => {
        console.log = (text, ...more) => log(loop.time().toFixed(2) + ': ' + text, ...more);
        await (await import(url)).main(arrange());
        console.log = log;
        log('====');
      };
      await program('${urlOf(9)}', () => makeLoop);
      await program('${urlOf(10)}', () => makeLoop);
      await program('${urlOf(12)}', () => makeLoop());
      await program('${urlOf(16)}', () => makeLoop);`);
    outputs = all.split('====\n');
  }, PATIENCE * 1000);

  test('number 9', () => {
    expect(outputs[0]).toBe(
      lines(`0.00: generator: hello
             1.00: generator: hello again
             0.00: async: hello
             1.00: async: hello again`),
    );
  });

  test('number 10', () => {
    expect(outputs[1]).toBe(
      lines(`1.00: waited for: Future is done!
             1.00: called back: Future is done!`),
    );
  });

  test('number 12', () => {
    expect(outputs[2]?.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<date>')).toBe(
      lines(`0.00: <date>
             1.00: <date>
             2.00: <date>
             3.00: <date>
             4.00: <date>
             4.00: Compute 1 + 2 ...
             5.00: 1 + 2 = 3`),
    );
  });

  test('number 16', () => {
    expect(outputs[3]?.replace(/^[\d.]+: /gm, '')).toBe(
      lines(`10000 coroutines slept for a second, all at once: 1.0 s
             while one blocked, the others did 0 steps
             while one slept, the others did 10 steps
             100 deposits without a lock: 1
             100 deposits behind a lock: 100`),
    );
  });
});

test(
  'number 9, on the real clock, as `npm run example` starts it',
  async () => {
    const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--import', hook, fileURLToPath(urlOf(9))],
      { cwd: root, timeout: PATIENCE * 1000 },
    );
    expect(stdout).toBe(
      lines(`generator: hello
             generator: hello again
             async: hello
             async: hello again`),
    );
  },
  PATIENCE * 1000,
);

test(
  'number 11: pages from a server on loopback, which sees the connections of cancelled fetches close',
  async () => {
    expect(await printed(`await import('${urlOf(11)}')`)).toBe(
      lines(`{"returnWhen":"FIRST_COMPLETED"} - done: tea - pending: slow-cake
             the reader of slow-cake hung up
             {"returnWhen":"FIRST_EXCEPTION"} - done: missing - pending: slow-cake
             the reader of slow-cake hung up
             {"returnWhen":"ALL_COMPLETED"} - done: tea, broken - pending: none
             {"timeout":0.1} - done: none - pending: slow-cake
             the reader of slow-cake hung up
             TypeError: Passing coroutines is forbidden, use tasks explicitly: a future was expected, got <coroutine fetching created>; wrap a coroutine in createTask()
             as completed: This is the page about tea.
             as completed: Error: 404 Not Found
             as completed: This is the page about slow-cake.
             gathered: This is the page about slow-cake.
             gathered: This is the page about tea.`),
    );
  },
  PATIENCE * 1000,
);
