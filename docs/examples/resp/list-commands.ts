import { BlockedPop } from './blocking.js';
import type { Client } from './client.js';
import { command, type Command } from './command.js';
import { wrongArity } from './execute.js';
import { integerOf, patienceOf } from './numbers.js';
import { bulk, bulks, CommandError, integer, NONE, NULL_ARRAY, type Reply } from './replies.js';
import type { Side } from './store.js';

function pushTo(side: Side): Command['run'] {
  return ({ server: { store, lists } }, [, key, ...elements]) => {
    const length = store.push(key as string, side, elements);
    lists.serve(key as string);
    return integer(length);
  };
}

function popFrom(side: Side): Command['run'] {
  return ({ server: { store } }, args) => {
    const [name, key, wanted, ...rest] = args as [string, string, string?];
    if (rest.length > 0) throw new CommandError(wrongArity(name.toLowerCase()));
    if (wanted === undefined) return bulk(store.pop(key, side));
    const count = integerOf(wanted, 'ERR value is out of range, must be positive');
    if (count < 0) throw new CommandError('ERR value is out of range, must be positive');
    const list = store.getList(key);
    if (list === null) return NULL_ARRAY;
    const elements: (string | null)[] = [];
    for (let left = Math.min(count, list.length); left > 0; left--) {
      elements.push(store.pop(key, side));
    }
    return bulks(elements);
  };
}

function lrange({ server: { store } }: Client, args: readonly string[]): Reply {
  const [, key, start, stop] = args as [string, string, string, string];
  const [first, last] = [integerOf(start), integerOf(stop)];
  const list = store.getList(key);
  if (list === null) return bulks([]);
  const { length } = list;
  const from = first < 0 ? Math.max(0, length + first) : first;
  const to = last < 0 ? length + last : Math.min(last, length - 1);
  return bulks(list.slice(from, to + 1));
}

/** The first of the lists that has an element gives it; if there is none, the client waits. */
function blpop(client: Client, [, ...rest]: readonly string[]): Reply {
  const keys = rest.slice(0, -1);
  const patience = patienceOf(rest[rest.length - 1] as string);
  for (const key of keys) {
    const element = client.server.store.pop(key, 'left');
    if (element !== null) return bulks([key, element]);
  }
  client.block(new BlockedPop(client, keys, patience));
  return NONE;
}

export const listCommands = [
  command('lpush', -3, 'write denyoom fast', pushTo('left'), [1, 1, 1]),
  command('rpush', -3, 'write denyoom fast', pushTo('right'), [1, 1, 1]),
  command('lpop', -2, 'write fast', popFrom('left'), [1, 1, 1]),
  command('rpop', -2, 'write fast', popFrom('right'), [1, 1, 1]),
  command('lrange', 4, 'readonly', lrange, [1, 1, 1]),
  command('blpop', -3, 'write blocking', blpop, [1, -2, 1]),
];
