import type { Client } from './client.js';
import { command } from './command.js';
import { incremented, integerOf } from './numbers.js';
import { bulk, bulks, CommandError, NULL, OK, type Reply, SYNTAX_ERROR } from './replies.js';

/** Later than this, in milliseconds from now, is no time. */
const LATEST = Number.MAX_SAFE_INTEGER;

interface SetOptions {
  /** Set it only if the key is there (`XX`), or is not (`NX`); null: in any case. */
  readonly ifThere: boolean | null;
  /** In seconds from now; null: it stays. */
  readonly expiresIn: number | null;
}

function setOptionsOf(args: readonly string[]): SetOptions {
  let ifThere: boolean | null = null;
  let expiresIn: number | null = null;
  for (let i = 3; i < args.length; i++) {
    const option = (args[i] as string).toUpperCase();
    if ((option === 'NX' || option === 'XX') && ifThere !== (option === 'NX')) {
      ifThere = option === 'XX';
    } else if ((option === 'EX' || option === 'PX') && expiresIn === null && i + 1 < args.length) {
      expiresIn = expiryOf(args[++i] as string, option === 'EX' ? 1000 : 1);
    } else throw new CommandError(SYNTAX_ERROR);
  }
  return { ifThere, expiresIn };
}

function expiryOf(text: string, milliseconds: number): number {
  const total = integerOf(text) * milliseconds;
  if (!(total > 0 && total <= LATEST)) {
    throw new CommandError("ERR invalid expire time in 'set' command");
  }
  return total / 1000;
}

function set({ server: { store, loop } }: Client, args: readonly string[]): Reply {
  const [, key, value] = args as [string, string, string];
  if (args.length === 3) {
    store.persist(key);
    store.set(key, value);
    return OK;
  }
  const { ifThere, expiresIn } = setOptionsOf(args);
  if (ifThere !== null && store.has(key) !== ifThere) return NULL;
  store.persist(key);
  store.set(key, value);
  if (expiresIn !== null) store.expireAt(key, loop.time() + expiresIn);
  return OK;
}

function get({ server: { store } }: Client, [, key]: readonly string[]): Reply {
  return bulk(store.getString(key as string));
}

function incr({ server: { store } }: Client, [, key]: readonly string[]): Reply {
  const value = incremented(store.getString(key as string) ?? '0');
  store.set(key as string, value);
  return `:${value}\r\n`;
}

function mget({ server: { store } }: Client, [, ...keys]: readonly string[]): Reply {
  return bulks(
    keys.map((key) => {
      const value = store.get(key);
      return typeof value === 'string' ? value : null;
    }),
  );
}

export const stringCommands = [
  command('set', -3, 'write denyoom', set, [1, 1, 1]),
  command('get', 2, 'readonly fast', get, [1, 1, 1]),
  command('incr', 2, 'write denyoom fast', incr, [1, 1, 1]),
  command('mget', -2, 'readonly fast', mget, [1, -1, 1]),
];
