import { beforeAll, describe, expect, test } from '@jest/globals';

import { runChild } from '../../scripts/test/child.js';

// Numbers 13 and 14 of docs/examples, and what their database does in trouble. A real database, which takes its time.

const PATIENCE = 180;
const program = new URL('programs-database-process.ts', import.meta.url).href;

let outputs: string[];
beforeAll(async () => {
  const { code, stdout, stderr } = await runChild(`await import('${program}')`, {
    flags: ['--enable-source-maps'],
    seconds: PATIENCE,
  });
  expect([code, stderr]).toEqual([0, '']);
  outputs = stdout.split('====\n');
}, PATIENCE * 1000);

test('number 13 is one task in both kinds', () => {
  expect(outputs[0]?.split('\n')).toEqual([
    'async function, in the task librarian',
    'generator coroutine, in the task librarian',
    'async function, in the task librarian',
    '1815: Emma',
    '1871: Middlemarch',
    '',
  ]);
});

test('number 14 commits on success, and rolls back on an error and when cancelled, in both kinds', () => {
  const visit = [
    'entering a transfer',
    'leaving a transfer, done',
    'Ann 70, Bob 130, Cyd 50',
    'entering one that fails',
    'leaving one that fails, error: new row for relation "accounts" violates check constraint "accounts_balance_check"',
    'Ann 70, Bob 130, Cyd 50',
    'entering one that is cancelled',
    'leaving one that is cancelled, CancelledError',
    'Ann 70, Bob 130, Cyd 50',
    'who has 130?',
    'not Ann',
    'it is Bob',
    'who has 1000?',
    'not Ann',
    'not Bob',
    'not Cyd',
    'it is nobody',
  ];
  expect(outputs[1]?.split('\n')).toEqual([
    '- generator coroutines',
    ...visit,
    '- async functions',
    ...visit,
    '',
  ]);
});

describe('a transaction of number 14', () => {
  let report: {
    cancelled: Record<string, unknown>;
    swallowed: string;
    late: string;
    afterSwallowed: number[];
    together: number[];
  };
  beforeAll(() => {
    report = JSON.parse(outputs[2] as string) as typeof report;
  });

  test.each(['generator', 'async'])(
    'that is cancelled while a statement is under way leaves nothing, and frees the connection (%s)',
    (kind) => {
      const rolledBack = (sent: string): unknown => ({
        sent: `${sent} ROLLBACK`,
        cancelled: true,
        left: [],
      });
      expect(report.cancelled).toMatchObject({
        [`${kind} 1`]: rolledBack('BEGIN'),
        [`${kind} 2`]: rolledBack('BEGIN INSERT'),
        [`${kind} 3`]: rolledBack('BEGIN INSERT INSERT'),
        [`${kind} 3+4`]: rolledBack('BEGIN INSERT INSERT'),
      });
    },
  );

  test.each(['generator', 'async'])('cannot call its COMMIT back (%s)', (kind) => {
    expect(report.cancelled[`${kind} 4`]).toEqual({
      sent: 'BEGIN INSERT INSERT COMMIT',
      cancelled: true,
      left: [1, 2],
    });
  });

  test('does not commit when the error of a statement was swallowed', () => {
    expect(report.swallowed).toBe(
      'RuntimeError: Cannot commit: a statement of the transaction has failed',
    );
    expect(report.afterSwallowed).toEqual([]);
  });

  test('takes no statements after its end', () => {
    expect(report.late).toBe(
      'RuntimeError: Cannot query: the transaction has ended; begin another one',
    );
  });

  test('keeps apart from others at the same time', () => {
    expect(report.together).toEqual([5, 7]);
  });
});

test('a database that is not open says so', () => {
  expect(outputs[3]).toBe(
    'RuntimeError: Cannot use the database: it is not open; use it inside asyncWith()\n',
  );
});
