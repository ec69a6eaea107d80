import type { Client } from './client.js';
import { command } from './command.js';
import { matches } from './glob.js';
import { integerOf } from './numbers.js';
import { bulks, CommandError, integer, OK, type Reply, SYNTAX_ERROR } from './replies.js';

function count(keys: readonly string[], counts: (key: string) => boolean): Reply {
  return integer(keys.filter(counts).length);
}

function del({ server: { store } }: Client, [, ...keys]: readonly string[]): Reply {
  return count(keys, (key) => store.delete(key));
}

function exists({ server: { store } }: Client, [, ...keys]: readonly string[]): Reply {
  return count(keys, (key) => store.has(key));
}

function expire({ server: { store, loop } }: Client, args: readonly string[]): Reply {
  const [, key, text] = args as [string, string, string];
  const seconds = integerOf(text);
  if (Math.abs(seconds) > Number.MAX_SAFE_INTEGER / 1000) {
    throw new CommandError("ERR invalid expire time in 'expire' command");
  }
  if (!store.has(key)) return integer(0);
  store.expireAt(key, loop.time() + seconds);
  return integer(1);
}

function ttl({ server: { store } }: Client, [, key]: readonly string[]): Reply {
  const seconds = store.remaining(key as string);
  if (seconds === null) return integer(-2);
  return integer(seconds === Infinity ? -1 : Math.round(seconds));
}

function keys({ server: { store } }: Client, [, pattern]: readonly string[]): Reply {
  return bulks(store.keys().filter((key) => matches(pattern as string, key)));
}

function flushall({ server: { store } }: Client, [, how, ...rest]: readonly string[]): Reply {
  if (rest.length > 0 || (how !== undefined && !/^(a?sync)$/i.test(how))) {
    throw new CommandError(SYNTAX_ERROR);
  }
  store.clear();
  return OK;
}

export const keyCommands = [
  command('del', -2, 'write', del, [1, -1, 1]),
  command('exists', -2, 'readonly fast', exists, [1, -1, 1]),
  command('expire', 3, 'write fast', expire, [1, 1, 1]),
  command('ttl', 2, 'readonly fast', ttl, [1, 1, 1]),
  command('keys', 2, 'readonly', keys),
  command('flushall', -1, 'write', flushall),
];
