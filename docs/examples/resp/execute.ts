import type { Client } from './client.js';
import { type Command, fits } from './command.js';
import { CommandError, failure, type Reply } from './replies.js';

/** So much of what somebody sent is told back to him, in characters. */
const MOST_TOLD = 128;

/** Runs one command of a client. @returns what it answers; an error is an answer, too */
export function execute(client: Client, args: readonly string[]): Reply {
  const { server } = client;
  server.commandsProcessed++;
  const name = args[0] as string;
  const command = server.commands.get(name) ?? server.commands.get(name.toLowerCase());
  if (command === undefined) return failure(unknown(args));
  if (!fits(command, args)) return failure(wrongArity(command.name));
  client.lastCommand = command.name;
  if (client.channels.size > 0 && !isForSubscribers(command)) {
    return failure(
      `ERR Can't execute '${command.name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
    );
  }
  try {
    return command.run(client, args);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return failure(error.message);
  }
}

function isForSubscribers({ flags }: Command): boolean {
  return flags.includes('pubsub') && !flags.includes('denysub');
}

export function wrongArity(name: string): string {
  return `ERR wrong number of arguments for '${name}' command`;
}

function unknown([name = '', ...rest]: readonly string[]): string {
  let told = '';
  for (const arg of rest) {
    if (told.length >= MOST_TOLD) break;
    told += `'${arg.slice(0, MOST_TOLD - told.length)}' `;
  }
  return `ERR unknown command '${name.slice(0, MOST_TOLD)}', with args beginning with: ${told}`;
}
