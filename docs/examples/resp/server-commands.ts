import type { Client } from './client.js';
import { command, type Command } from './command.js';
import { matches } from './glob.js';
import { array, bulk, bulks, integer, NULL_ARRAY, type Reply, simple } from './replies.js';
import type { RespServer } from './server.js';
import { subcommands } from './subcommands.js';

// --- INFO

type Section = Readonly<Record<string, string | number>>;

const sections: Readonly<Record<string, (server: RespServer) => Section>> = {
  server: (server) => ({
    redis_version: server.identity.version,
    redis_mode: server.identity.mode,
    process_id: process.pid,
    tcp_port: server.port,
    uptime_in_seconds: Math.floor(server.loop.time() - server.since),
    handlers: server.kind,
  }),
  clients: ({ clients }) => ({
    connected_clients: clients.size,
    blocked_clients: count(clients, (client) => client.blocked !== null),
    pubsub_clients: count(clients, (client) => client.channels.size > 0),
  }),
  memory: () => ({ used_memory: process.memoryUsage().heapUsed }),
  stats: (server) => ({
    total_connections_received: server.connectionsReceived,
    total_commands_processed: server.commandsProcessed,
  }),
  replication: (server) => ({ role: server.identity.role }),
  keyspace: ({ store }) =>
    store.size === 0 ? {} : { db0: `keys=${store.size},expires=${store.expiring},avg_ttl=0` },
};

function count(clients: Iterable<Client>, counts: (client: Client) => boolean): number {
  let total = 0;
  for (const client of clients) if (counts(client)) total++;
  return total;
}

const EVERYTHING = new Set(['all', 'default', 'everything']);

function info({ server }: Client, [, ...wanted]: readonly string[]): Reply {
  const names = new Set(wanted.map((name) => name.toLowerCase()));
  const all = names.size === 0 || [...names].some((name) => EVERYTHING.has(name));
  const shown = Object.entries(sections).filter(([name]) => all || names.has(name));
  return bulk(shown.map(([name, facts]) => sectionText(name, facts(server))).join('\r\n'));
}

function sectionText(name: string, facts: Section): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1);
  const lines = Object.entries(facts).map(([key, value]) => `${key}:${value}\r\n`);
  return `# ${title}\r\n${lines.join('')}`;
}

// --- CONFIG

function configGet({ server }: Client, [, , ...patterns]: readonly string[]): Reply {
  const wanted = patterns.map((pattern) => pattern.toLowerCase());
  const found = Object.entries(server.configuration()).filter(([name]) =>
    wanted.some((pattern) => matches(pattern, name)),
  );
  return bulks(found.flat());
}

const config = subcommands('config', { get: { arity: -3, run: configGet } });

// --- COMMAND

function describe({ name, arity, flags, keys }: Command): Reply {
  return array([bulk(name), integer(arity), array(flags.map(simple)), ...keys.map(integer)]);
}

/** Without names: of all commands. */
function commandInfo({ server }: Client, [, , ...names]: readonly string[]): Reply {
  if (names.length === 0) return array([...server.commands.values()].map(describe));
  return array(
    names.map((name) => {
      const found = server.commands.get(name.toLowerCase());
      return found === undefined ? NULL_ARRAY : describe(found);
    }),
  );
}

const commandAbout = subcommands('command', {
  count: { arity: 2, run: ({ server }) => integer(server.commands.size) },
  // There are none; `redis-cli` asks at its start.
  docs: { arity: -2, run: () => array([]) },
  info: { arity: -2, run: commandInfo },
  list: { arity: -2, run: ({ server }) => bulks([...server.commands.keys()]) },
});

export const serverCommands = [
  command('info', -1, 'loading', info),
  command('config', -2, 'admin', config),
  command('command', -1, 'loading', (client, args) =>
    args.length === 1 ? commandInfo(client, args) : commandAbout(client, args),
  ),
];
