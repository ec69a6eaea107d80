/** The database of numbers 13 and 14: PostgreSQL inside this process (PGlite), for coroutines of both kinds. */
import { PGlite } from '@electric-sql/pglite';
import {
  type AsyncContextManager,
  type Coroutine,
  ensureFuture,
  Lock,
  RuntimeError,
} from 'asyncio-ts';

import { Session } from './session.js';
import { Transaction } from './transaction.js';

/** A database in memory: opened when it is entered, closed when it is left. */
export class Database implements AsyncContextManager<Database> {
  /** There is one connection; it is held for one statement, or for a whole transaction. */
  readonly #lock = new Lock();
  #opened: PGlite | null = null;

  *aenter(): Generator<unknown, Database> {
    this.#opened = yield* ensureFuture(PGlite.create());
    return this;
  }

  *aexit(): Generator<unknown, void> {
    yield* ensureFuture(this.#driver.close());
    this.#opened = null;
  }

  /** Runs one statement, a transaction by itself. */
  query<Row>(sql: string, values: readonly unknown[] = []): Coroutine<Row[]> {
    return this.#lock.use(() => new Session(this.#driver).query<Row>(sql, values));
  }

  /** `asyncWith(database.transaction(), body)`. */
  transaction(): Transaction {
    return new Transaction(this.#driver, this.#lock);
  }

  get #driver(): PGlite {
    if (this.#opened !== null) return this.#opened;
    throw new RuntimeError('Cannot use the database: it is not open; use it inside asyncWith()');
  }
}
