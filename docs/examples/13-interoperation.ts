/**
 * 13. Interoperation: an async function that fetches from a database, a generator coroutine that delegates to it, and an async
 * function that awaits that one. All of it is one task.
 */
import { fileURLToPath } from 'node:url';

import { asyncWith, coroutine, currentTask, run } from 'asyncio-ts';

import { Database } from './database/database.js';

interface Book {
  readonly title: string;
  readonly year: number;
}

const where = (kind: string): void =>
  console.log(`${kind}, in the task ${currentTask()?.getName()}`);

const fetchBooks = coroutine(async function fetching(database: Database, before: number) {
  where('async function');
  return await database.query<Book>('SELECT title, year FROM books WHERE year < $1 ORDER BY year', [
    before,
  ]);
});

/** What `types.coroutine` makes in Python. */
const describeBooks = coroutine(function* describing(database: Database, before: number) {
  where('generator coroutine');
  const books = yield* fetchBooks(database, before);
  return books.map(({ title, year }) => `${year}: ${title}`);
});

const printBooks = coroutine(async function printing(database: Database, before: number) {
  where('async function');
  for (const line of await describeBooks(database, before)) console.log(line);
});

export async function main(database: Database): Promise<void> {
  currentTask()?.setName('librarian');
  await database.query('CREATE TABLE books (title text, year int)');
  await database.query(
    `INSERT INTO books VALUES ('Emma', 1815), ('Dubliners', 1914), ('Middlemarch', 1871)`,
  );
  await printBooks(database, 1900);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(() => asyncWith(new Database(), main));
}
