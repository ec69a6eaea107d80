import type { Client } from './client.js';
import { command } from './command.js';
import { array, bulk, bulks, integer, type Reply } from './replies.js';

function confirmation(what: string, channel: string | null, client: Client): Reply {
  return array([bulk(what), bulk(channel), integer(client.channels.size)]);
}

function subscribe(client: Client, [, ...channels]: readonly string[]): Reply {
  let reply = '';
  for (const channel of channels) {
    client.subscribe(channel);
    reply += confirmation('subscribe', channel, client);
  }
  return reply;
}

/** Without channels: from all. */
function unsubscribe(client: Client, [, ...named]: readonly string[]): Reply {
  const channels = named.length > 0 ? named : [...client.channels];
  if (channels.length === 0) return confirmation('unsubscribe', null, client);
  let reply = '';
  for (const channel of channels) {
    client.unsubscribe(channel);
    reply += confirmation('unsubscribe', channel, client);
  }
  return reply;
}

function publish({ server }: Client, args: readonly string[]): Reply {
  const [, channel, message] = args as [string, string, string];
  const encoded = Buffer.from(bulks(['message', channel, message]), 'latin1');
  return integer(server.channels.publish(channel, encoded));
}

export const pubsubCommands = [
  command('subscribe', -2, 'pubsub', subscribe),
  command('unsubscribe', -1, 'pubsub', unsubscribe),
  command('publish', 3, 'pubsub denysub fast', publish),
];
