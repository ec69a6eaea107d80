/** What one client may ask of the server's memory, in bytes. */
export interface Limits {
  /** An inline command, and the line with a length in it. */
  readonly inline: number;
  /** One argument of a command. */
  readonly bulk: number;
  /** A command with all its arguments; also what is read ahead while the one before it blocks. */
  readonly request: number;
  /** What waits to be sent to a subscriber. */
  readonly mailbox: number;
}

export const defaultLimits: Limits = {
  inline: 64 * 1024,
  // Redis allows 512 MiB; that is more than the longest string there is in Node.
  bulk: 64 * 1024 * 1024,
  request: 128 * 1024 * 1024,
  mailbox: 8 * 1024 * 1024,
};
