// Under jest each look at a global is slow.
const { imul } = Math;

/** Bytes from one place of an endless stream to another: always the same there, and different ones nearby. */
export function pattern(from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = (imul(from + i, 0x9e3779b1) >>> 24) & 0xff;
  return bytes;
}
