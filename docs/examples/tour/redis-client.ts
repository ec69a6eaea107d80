/** As much of a Redis client as the crowd needs: a command out, its reply in. */
import { coroutine, type StreamReader } from 'asyncio-ts';

/** A simple or bulk string, an integer, or null. */
export type Reply = string | number | null;

/** A command, as clients send it: an array of bulk strings. */
export function encode(words: readonly string[]): Buffer {
  const bulks = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${bulks.join('')}`);
}

/**
 * Reads one reply.
 *
 * @throws Error for an error reply, for what is no reply at all, and when the server closed the connection instead
 */
export const readReply = coroutine(async (reader: StreamReader): Promise<Reply> => {
  const line = (await reader.readline()).toString();
  if (!line.endsWith('\r\n'))
    throw new Error(`the connection was lost after ${JSON.stringify(line)}`);
  const rest = line.slice(1, -2);
  switch (line[0]) {
    case '+':
      return rest;
    case ':':
      return Number(rest);
    case '$': {
      const length = Number(rest);
      if (length < 0) return null;
      return (await reader.readexactly(length + 2)).toString('utf8', 0, length);
    }
    default:
      throw new Error(`the server answered ${JSON.stringify(line)}`);
  }
});
