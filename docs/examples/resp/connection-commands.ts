import type { Client } from './client.js';
import { command, type Command } from './command.js';
import { integerOf } from './numbers.js';
import {
  array,
  bulk,
  bulks,
  CommandError,
  integer,
  NONE,
  NULL,
  OK,
  type Reply,
  simple,
} from './replies.js';
import { subcommands } from './subcommands.js';
import { wrongArity } from './execute.js';

/** A subscriber gets its answer in the shape of a message. */
function ping(client: Client, args: readonly string[]): Reply {
  if (args.length > 2) throw new CommandError(wrongArity('ping'));
  if (client.channels.size > 0) return bulks(['pong', args[1] ?? '']);
  return args[1] === undefined ? simple('PONG') : bulk(args[1]);
}

function quit(client: Client): Reply {
  client.finish();
  return OK;
}

/** A browser was made to talk to us: it must not come to the body of its request, which may be commands. */
function hangUp(client: Client): Reply {
  client.finish();
  return NONE;
}

function select(_client: Client, [, index]: readonly string[]): Reply {
  if (integerOf(index as string) !== 0) throw new CommandError('ERR DB index is out of range');
  return OK;
}

function hello(client: Client, [, version, ...options]: readonly string[]): Reply {
  if (version !== undefined) {
    const wanted = integerOf(version, 'ERR Protocol version is not an integer or out of range');
    if (wanted !== 2) throw new CommandError('NOPROTO unsupported protocol version');
  }
  for (let i = 0; i < options.length; i += 2) {
    const [option, value] = [options[i] as string, options[i + 1]];
    if (option.toLowerCase() !== 'setname' || value === undefined) {
      throw new CommandError(`ERR Syntax error in HELLO option '${option}'`);
    }
    client.name = nameOf(value);
  }
  const facts = Object.entries(client.server.identity).flatMap(([key, value]) => [
    bulk(key),
    bulk(value),
  ]);
  return array([
    ...facts,
    ...[bulk('proto'), integer(2), bulk('id'), integer(client.id)],
    ...[bulk('modules'), array([])],
  ]);
}

// --- CLIENT

/** What names the client's side must be fit to stand in a line of `CLIENT LIST`. */
function nameOf(text: string, what = 'Client names'): string {
  if (!/^[!-~]*$/.test(text)) {
    throw new CommandError(`ERR ${what} cannot contain spaces, newlines or special characters.`);
  }
  return text;
}

function setName(client: Client, [, , name]: readonly string[]): Reply {
  client.name = nameOf(name as string);
  return OK;
}

function setInfo(client: Client, [, , attribute, value]: readonly string[]): Reply {
  const name = (attribute as string).toLowerCase();
  if (name === 'lib-name') client.libraryName = nameOf(value as string, name);
  else if (name === 'lib-ver') client.libraryVersion = nameOf(value as string, name);
  else throw new CommandError(`ERR Unrecognized option '${attribute}'`);
  return OK;
}

function list({ server }: Client): Reply {
  return bulk([...server.clients].map((client) => `${lineOf(client)}\n`).join(''));
}

function lineOf(client: Client): string {
  const now = client.server.loop.time();
  const facts = {
    id: client.id,
    addr: client.address,
    laddr: client.localAddress,
    name: client.name,
    age: Math.floor(now - client.since),
    idle: Math.floor(now - client.lastHeard),
    flags: client.blocked !== null ? 'b' : client.channels.size > 0 ? 'P' : 'N',
    db: 0,
    sub: client.channels.size,
    psub: 0,
    multi: -1,
    omem: client.writer.transport.getWriteBufferSize(),
    cmd: client.lastCommand === '' ? 'NULL' : client.lastCommand,
    user: 'default',
    resp: 2,
    'lib-name': client.libraryName,
    'lib-ver': client.libraryVersion,
  };
  return Object.entries(facts)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
}

const client: Command['run'] = subcommands('client', {
  id: { arity: 2, run: (self) => integer(self.id) },
  list: { arity: 2, run: list },
  getname: { arity: 2, run: (self) => (self.name === '' ? NULL : bulk(self.name)) },
  setname: { arity: 3, run: setName },
  setinfo: { arity: 4, run: setInfo },
});

export const connectionCommands = [
  command('ping', -1, 'fast pubsub', ping),
  command('echo', 2, 'fast', (_client, [, text]) => bulk(text as string)),
  command('quit', -1, 'fast pubsub', quit),
  command('select', 2, 'fast', select),
  command('hello', -1, 'fast', hello),
  command('client', -2, 'admin', client),
  command('post', -1, 'fast', hangUp),
  command('host:', -1, 'fast', hangUp),
];
