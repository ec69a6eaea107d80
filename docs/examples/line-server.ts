/**
 * A server that answers lines: `add 2 3`, `upper some words`, `reverse word`, `quit`. One coroutine per connection; the same
 * handler once as a generator coroutine and once as an async function.
 *
 *   npm start -- serve --port 8765          and then, in another terminal:   nc localhost 8765
 */
import { ConnectionError, coroutine, type StreamReader, type StreamWriter } from 'asyncio-ts';

/** What the server says to a line. Null: good-bye. */
export function answer(line: string): string | null {
  const [command = '', ...words] = line.split(' ');
  switch (command) {
    case 'add': {
      const sum = words.reduce((total, word) => total + Number(word), 0);
      return Number.isNaN(sum) ? `error: cannot add ${words.join(' ')}` : String(sum);
    }
    case 'upper':
      return words.join(' ').toUpperCase();
    case 'reverse':
      return [...words.join(' ')].reverse().join('');
    case 'quit':
      return null;
    default:
      return `error: unknown command ${JSON.stringify(command)}; try add, upper, reverse, quit`;
  }
}

/** A connection as a generator coroutine. */
export const generatorHandler = coroutine(function* (reader: StreamReader, writer: StreamWriter) {
  try {
    for (;;) {
      const line = yield* reader.readline();
      // No bytes at all: the client has said everything.
      if (line.length === 0) break;
      const reply = answer(line.toString().trimEnd());
      if (reply === null) break;
      writer.write(Buffer.from(`${reply}\n`));
      yield* writer.drain();
    }
  } catch (error) {
    // A client that vanishes is no fault of the server.
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    writer.close();
  }
});

/** The same connection as an async function. */
export const asyncHandler = coroutine(async (reader: StreamReader, writer: StreamWriter) => {
  try {
    for (;;) {
      const line = await reader.readline();
      if (line.length === 0) break;
      const reply = answer(line.toString().trimEnd());
      if (reply === null) break;
      writer.write(Buffer.from(`${reply}\n`));
      await writer.drain();
    }
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  } finally {
    writer.close();
  }
});

/** The two kinds of coroutines, by name. */
export const handlers = { generator: generatorHandler, async: asyncHandler };

export type HandlerKind = keyof typeof handlers;
