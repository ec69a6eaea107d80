import type { PGlite } from '@electric-sql/pglite';
import { type AsyncContextManager, type Lock, RuntimeError } from 'asyncio-ts';

import { Session } from './session.js';

/**
 * A transaction as a context manager: it commits when the body succeeds, and rolls back when the body fails or is cancelled.
 *
 * The driver runs its statements one after the other, in the order in which they came. So a ROLLBACK sent while another
 * statement is still under way takes that one back, too; and who is cancelled during the ROLLBACK may leave at once. Only a
 * COMMIT that was sent is not called back.
 */
export class Transaction implements AsyncContextManager<Session> {
  readonly #driver: PGlite;
  readonly #lock: Lock;
  readonly #session: Session;

  constructor(driver: PGlite, lock: Lock) {
    this.#driver = driver;
    this.#lock = lock;
    this.#session = new Session(driver);
  }

  *aenter(): Generator<unknown, Session> {
    yield* this.#lock.acquire();
    let begun = false;
    try {
      yield* this.#session.query('BEGIN');
      begun = true;
      return this.#session;
    } finally {
      if (!begun) yield* this.#end('ROLLBACK');
    }
  }

  *aexit(error: unknown): Generator<unknown, void> {
    // PostgreSQL would answer such a COMMIT with a rollback, and say nothing.
    const hidden = error === null && this.#session.failed;
    yield* this.#end(error === null && !hidden ? 'COMMIT' : 'ROLLBACK');
    if (hidden) throw new RuntimeError('Cannot commit: a statement of the transaction has failed');
  }

  *#end(statement: 'COMMIT' | 'ROLLBACK'): Generator<unknown, void> {
    this.#session.end();
    try {
      yield* new Session(this.#driver).query(statement);
    } finally {
      this.#lock.release();
    }
  }
}
