/**
 * The replies of the Redis protocol (RESP2), as byte strings: a command is a function that returns one, and what several
 * commands return goes out as one piece.
 */
export type Reply = string;

export const OK: Reply = '+OK\r\n';
/** No such value. */
export const NULL: Reply = '$-1\r\n';
/** No such list: what a blocking pop whose time is up returns. */
export const NULL_ARRAY: Reply = '*-1\r\n';
/** Nothing to say now. */
export const NONE: Reply = '';

export function simple(text: string): Reply {
  return `+${text}\r\n`;
}

/** A line break of the client's own would be a reply of its own making. */
export function failure(message: string): Reply {
  return `-${message.replace(/[\r\n]/g, ' ')}\r\n`;
}

export function integer(value: number | bigint): Reply {
  return `:${value}\r\n`;
}

export function bulk(value: string | null): Reply {
  return value === null ? NULL : `$${value.length}\r\n${value}\r\n`;
}

export function array(items: readonly Reply[]): Reply {
  return `*${items.length}\r\n${items.join('')}`;
}

export function bulks(values: readonly (string | null)[]): Reply {
  return array(values.map(bulk));
}

/** A command cannot do what it is asked; the connection stays. */
export class CommandError extends Error {
  override get name(): string {
    return 'CommandError';
  }
}

export const SYNTAX_ERROR = 'ERR syntax error';
export const WRONG_TYPE = 'WRONGTYPE Operation against a key holding the wrong kind of value';
