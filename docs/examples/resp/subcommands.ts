import type { Client } from './client.js';
import { type Command, fits } from './command.js';
import { wrongArity } from './execute.js';
import { CommandError, type Reply } from './replies.js';

export interface Subcommand {
  /** How many arguments there are, both names included; negative: at least so many. */
  readonly arity: number;
  readonly run: (client: Client, args: readonly string[]) => Reply;
}

/** A command that is several: its first argument says which. */
export function subcommands(
  name: string,
  table: Readonly<Record<string, Subcommand>>,
): Command['run'] {
  const byName = new Map(Object.entries(table));
  return (client, args) => {
    const wanted = args[1] as string;
    const found = byName.get(wanted.toLowerCase());
    if (found === undefined) {
      const told = wanted.slice(0, 128);
      throw new CommandError(`ERR unknown subcommand '${told}'. Try ${name.toUpperCase()} HELP.`);
    }
    const full = `${name}|${wanted.toLowerCase()}`;
    if (!fits(found, args)) throw new CommandError(wrongArity(full));
    client.lastCommand = full;
    return found.run(client, args);
  };
}
