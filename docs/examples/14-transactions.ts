/**
 * 14. Asynchronous context managers and iteration: a log on entry and exit; a database transaction, which commits on success,
 * and rolls back on an error and when its task is cancelled; a loop over a cursor, with an `else` branch. In both kinds.
 */
import { fileURLToPath } from 'node:url';

import {
  type AsyncContextManager,
  asyncFor,
  asyncWith,
  BREAK,
  type Coroutine,
  coroutine,
  createTask,
  Event,
  run,
  sleep,
} from 'asyncio-ts';

import { Database } from './database/database.js';

/** Says when it is entered, and when it is left. */
class Logged implements AsyncContextManager<string> {
  readonly #what: string;

  constructor(what: string) {
    this.#what = what;
  }

  async aenter(): Promise<string> {
    await sleep(0);
    console.log(`entering ${this.#what}`);
    return this.#what;
  }

  async aexit(error: unknown): Promise<void> {
    await sleep(0);
    console.log(`leaving ${this.#what}, ${error === null ? 'done' : String(error)}`);
  }
}

/** In the middle of each transfer somebody must agree. */
class Clerk {
  readonly asked = new Event();
  readonly agrees = new Event();
}

interface Account {
  readonly owner: string;
  readonly balance: number;
}

const PUT = 'UPDATE accounts SET balance = balance + $2 WHERE owner = $1';
const ALL = 'SELECT owner, balance FROM accounts ORDER BY owner';

interface Bank {
  transfer(database: Database, amount: number, clerk: Clerk): Coroutine<void>;
  /** Looks for an account that has so much. */
  find(database: Database, balance: number): Coroutine<void>;
}

const generators: Bank = {
  transfer: coroutine(function* transferring(database, amount, clerk) {
    yield* asyncWith(database.transaction(), function* (session) {
      yield* session.query(PUT, ['Bob', amount]);
      clerk.asked.set();
      yield* clerk.agrees.wait();
      yield* session.query(PUT, ['Ann', -amount]);
    });
  }),

  find: coroutine(function* finding(database, balance) {
    yield* asyncWith(database.transaction(), (session) =>
      asyncFor(
        session.rows<Account>(ALL),
        function* (account) {
          if (account.balance < balance) return console.log(`not ${account.owner}`);
          console.log(`it is ${account.owner}`);
          return BREAK;
        },
        { else: () => console.log('it is nobody') },
      ),
    );
  }),
};

const asyncFunctions: Bank = {
  transfer: coroutine(async function transferring(database, amount, clerk) {
    await asyncWith(database.transaction(), async (session) => {
      await session.query(PUT, ['Bob', amount]);
      clerk.asked.set();
      await clerk.agrees.wait();
      await session.query(PUT, ['Ann', -amount]);
    });
  }),

  find: coroutine(async function finding(database, balance) {
    await asyncWith(database.transaction(), async (session) => {
      await asyncFor(
        session.rows<Account>(ALL),
        async (account) => {
          if (account.balance < balance) return console.log(`not ${account.owner}`);
          console.log(`it is ${account.owner}`);
          return BREAK;
        },
        { else: () => console.log('it is nobody') },
      );
    });
  }),
};

async function printBalances(database: Database): Promise<void> {
  const accounts = await database.query<Account>(ALL);
  console.log(accounts.map(({ owner, balance }) => `${owner} ${balance}`).join(', '));
}

async function visit(database: Database, bank: Bank): Promise<void> {
  await database.query(`DROP TABLE IF EXISTS accounts`);
  await database.query(`CREATE TABLE accounts (owner text, balance int CHECK (balance >= 0))`);
  await database.query(`INSERT INTO accounts VALUES ('Ann', 100), ('Bob', 100), ('Cyd', 50)`);

  const willing = new Clerk();
  willing.agrees.set();
  await asyncWith(new Logged('a transfer'), () => bank.transfer(database, 30, willing));
  await printBalances(database);

  const tooMuch = asyncWith(new Logged('one that fails'), () =>
    bank.transfer(database, 300, willing),
  );
  await tooMuch.then(null, () => printBalances(database));

  const slow = new Clerk();
  const task = createTask(
    asyncWith(new Logged('one that is cancelled'), () => bank.transfer(database, 30, slow)),
  );
  await slow.asked.wait();
  task.cancel();
  await task.then(null, () => printBalances(database));

  for (const balance of [130, 1000]) {
    console.log(`who has ${balance}?`);
    await bank.find(database, balance);
  }
}

export async function main(database: Database): Promise<void> {
  console.log('- generator coroutines');
  await visit(database, generators);
  console.log('- async functions');
  await visit(database, asyncFunctions);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(() => asyncWith(new Database(), main));
}
