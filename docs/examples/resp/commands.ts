import type { Command } from './command.js';
import { connectionCommands } from './connection-commands.js';
import { keyCommands } from './key-commands.js';
import { listCommands } from './list-commands.js';
import { pubsubCommands } from './pubsub-commands.js';
import { serverCommands } from './server-commands.js';
import { stringCommands } from './string-commands.js';

/** All commands, by name in lower case. */
export const commands: ReadonlyMap<string, Command> = new Map(
  [
    connectionCommands,
    serverCommands,
    keyCommands,
    stringCommands,
    listCommands,
    pubsubCommands,
  ].flatMap((group) => group.map((command) => [command.name, command])),
);
