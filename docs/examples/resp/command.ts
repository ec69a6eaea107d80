import type { Client } from './client.js';
import type { Reply } from './replies.js';

/** Where a command has its keys among its arguments: the first, the last (negative: from the end), the step. */
export type KeyPositions = readonly [first: number, last: number, step: number];

const NO_KEYS: KeyPositions = [0, 0, 0];

/** A command: what it does never waits. One that must (`BLPOP`) says so to the client, and its coroutine waits then. */
export interface Command {
  readonly name: string;
  /** How many arguments it has, its name included; negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly string[];
  readonly keys: KeyPositions;
  /** @throws CommandError */
  readonly run: (client: Client, args: readonly string[]) => Reply;
}

/** @param flags - as `COMMAND` tells them; `pubsub`: allowed to a subscriber */
export function command(
  name: string,
  arity: number,
  flags: string,
  run: Command['run'],
  keys: KeyPositions = NO_KEYS,
): Command {
  return { name, arity, flags: flags.split(' '), keys, run };
}

/** The arity is wrong. */
export function fits({ arity }: { readonly arity: number }, args: readonly string[]): boolean {
  return arity >= 0 ? args.length === arity : args.length >= -arity;
}
