/**
 * Run in a process of its own by `programs-database.test.ts`: numbers 13 and 14, and their transactions in trouble, all on one database,
 * since opening one takes seconds on a busy machine.
 */
import { PGlite } from '@electric-sql/pglite';
import {
  asyncWith,
  type Coroutine,
  coroutine,
  createTask,
  gather,
  getRunningLoop,
  run,
  sleep,
  type Task,
  timeout,
  wait,
} from 'asyncio-ts';

import * as interoperation from '../examples/13-interoperation.js';
import * as transactions from '../examples/14-transactions.js';
import { Database } from '../examples/database/database.js';
import type { Session } from '../examples/database/session.js';

/** Called as each statement is handed to the driver. */
let onStatement: (sql: string) => void = () => undefined;

const { query } = PGlite.prototype;
PGlite.prototype.query = function <T>(this: PGlite, sql: string, values?: unknown[]) {
  onStatement(sql);
  return query.call(this, sql, values) as ReturnType<typeof query<T>>;
};

type Two = (database: Database) => Coroutine<void>;

const kinds: Record<string, Two> = {
  generator: coroutine(function* writingTwo(database) {
    yield* asyncWith(database.transaction(), function* (session) {
      yield* session.query('INSERT INTO numbers VALUES (1)');
      yield* session.query('INSERT INTO numbers VALUES (2)');
    });
  }),
  async: coroutine(async function writingTwo(database) {
    await asyncWith(database.transaction(), async (session) => {
      await session.query('INSERT INTO numbers VALUES (1)');
      await session.query('INSERT INTO numbers VALUES (2)');
    });
  }),
};

const numbers = async (database: Database): Promise<number[]> => {
  const rows = await database.query<{ n: number }>('SELECT n FROM numbers ORDER BY n');
  return rows.map(({ n }) => n);
};

/** Cancels the task in the turn after each of these statements, counted from 1, went to the driver. */
async function interrupted(database: Database, two: Two, at: readonly number[]): Promise<unknown> {
  await database.query('DELETE FROM numbers');
  const sent: string[] = [];
  const task: Task<void> = createTask(two(database));
  onStatement = (sql) => {
    sent.push(sql.split(' ', 1)[0] as string);
    if (at.includes(sent.length)) getRunningLoop().callSoon(() => task.cancel());
  };
  await wait([task]);
  onStatement = () => undefined;
  // The connection is free again.
  const left = await timeout(60).use(() => numbers(database));
  return { sent: sent.join(' '), cancelled: task.cancelled(), left };
}

async function message(coro: Coroutine<unknown>): Promise<string> {
  return await coro.then(String, String);
}

async function inTrouble(database: Database): Promise<unknown> {
  await database.query('CREATE TABLE numbers (n int UNIQUE)');
  const cancelled: Record<string, unknown> = {};
  for (const [kind, two] of Object.entries(kinds)) {
    for (const at of [[1], [2], [3], [4], [3, 4]]) {
      cancelled[`${kind} ${at.join('+')}`] = await interrupted(database, two, at);
    }
  }

  await database.query('DELETE FROM numbers');
  let kept: Session | null = null;
  const swallowed = await message(
    asyncWith(database.transaction(), async (session) => {
      kept = session;
      await session.query('INSERT INTO numbers VALUES (3)');
      await session.query('INSERT INTO numbers VALUES (3)').then(null, () => undefined);
    }),
  );
  const late = await message((kept as unknown as Session).query('SELECT 1'));
  const afterSwallowed = await numbers(database);

  const add = coroutine(async (n: number, fails: boolean) => {
    await asyncWith(database.transaction(), async (session) => {
      await session.query('INSERT INTO numbers VALUES ($1)', [n]);
      await sleep(0);
      if (fails) throw new Error('no');
    });
  });
  await gather([add(5, false), add(6, true), add(7, false)], { returnExceptions: true });
  return { cancelled, swallowed, late, afterSwallowed, together: await numbers(database) };
}

await run(() =>
  asyncWith(new Database(), async (database) => {
    await interoperation.main(database);
    console.log('====');
    await transactions.main(database);
    console.log('====');
    console.log(JSON.stringify(await inTrouble(database)));
  }),
);
const closed = await run(() => message(new Database().query('SELECT 1')));
console.log('====');
console.log(closed);
