/**
 * Memory for small writes on their way out.
 *
 * A transport borrows a block for the writes of one turn and gives it back as soon as the operating system has taken them,
 * which is nearly always at once. So the blocks in use are those of the transports written to in the same turn, and an idle
 * connection holds none. A block the system has not taken whole is not given back: Node still reads from it.
 */
const SMALL = 4 * 1024;
const LARGE = 64 * 1024;

/** What is kept for the next turn, at most. */
const SMALL_KEPT = 256;
const LARGE_KEPT = 32;

const small: Buffer[] = [];
const large: Buffer[] = [];

/** @internal The most a block holds, in bytes. */
export const BLOCK_SIZE = LARGE;

/** @internal Borrows a block for at least so many bytes. */
export function takeBlock(length: number): Buffer {
  if (length <= SMALL) return small.pop() ?? Buffer.allocUnsafeSlow(SMALL);
  return large.pop() ?? Buffer.allocUnsafeSlow(LARGE);
}

/** @internal Gives a block back; nobody reads from it any more. */
export function giveBlock(block: Buffer): void {
  if (block.length === SMALL) {
    if (small.length < SMALL_KEPT) small.push(block);
  } else if (large.length < LARGE_KEPT) large.push(block);
}
