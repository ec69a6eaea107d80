import type { PGlite } from '@electric-sql/pglite';
import {
  type Coroutine,
  coroutine,
  ensureFuture,
  isCancelledError,
  RuntimeError,
} from 'asyncio-ts';

/** So many rows are fetched at a time. */
const BATCH = 2;

/** What one user of the connection may ask of the database, until the session ends. */
export class Session {
  /** A statement has failed: in a transaction, PostgreSQL takes none after it. */
  failed = false;
  readonly #driver: PGlite;
  #ended = false;
  #cursors = 0;

  constructor(driver: PGlite) {
    this.#driver = driver;
  }

  /** Runs a statement; its rows. Whoever is cancelled waits no longer; the driver finishes what it has begun. */
  query<Row>(sql: string, values: readonly unknown[] = []): Coroutine<Row[]> {
    return this.#query(sql, values) as Coroutine<Row[]>;
  }

  /** The rows of a SELECT, a few at a time, through a cursor, which lasts as long as the transaction. */
  async *rows<Row>(select: string): AsyncGenerator<Row, void> {
    const cursor = `cursor${++this.#cursors}`;
    await this.query(`DECLARE ${cursor} CURSOR FOR ${select}`);
    for (;;) {
      const rows = await this.query<Row>(`FETCH ${BATCH} FROM ${cursor}`);
      if (rows.length === 0) return;
      yield* rows;
    }
  }

  end(): void {
    this.#ended = true;
  }

  readonly #query = coroutine((sql: string, values: readonly unknown[]) =>
    this.#querying(sql, values),
  );

  *#querying(sql: string, values: readonly unknown[]): Generator<unknown, unknown[]> {
    if (this.#ended) {
      throw new RuntimeError('Cannot query: the transaction has ended; begin another one');
    }
    try {
      // A future can be interrupted; the promise in it cannot.
      return (yield* ensureFuture(this.#driver.query(sql, [...values]))).rows;
    } catch (error) {
      this.failed ||= !isCancelledError(error);
      throw error;
    }
  }
}
