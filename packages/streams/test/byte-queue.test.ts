import { describe, expect, test } from '@jest/globals';

import { ByteQueue } from '../src/byte-queue.js';

/** A small generator of numbers, so that each run plays the same. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('ByteQueue', () => {
  test('gives out what was put in, in whatever pieces', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seeded(seed);
      const queue = new ByteQueue();
      let model = Buffer.alloc(0);
      for (let i = 0; i < 300; i++) {
        const action = random(10);
        if (action < 5) {
          const longest = [3, 20, 1500, 5000][random(4)] as number;
          const piece = Buffer.from(Array.from({ length: random(longest) }, () => random(4)));
          queue.push(piece);
          model = Buffer.concat([model, piece]);
        } else if (action < 8) {
          const length = random(model.length + 1);
          expect(queue.take(length).equals(model.subarray(0, length))).toBe(true);
          model = model.subarray(length);
        } else if (action < 9) {
          const separator = Buffer.from(Array.from({ length: 1 + random(4) }, () => random(4)));
          const from = random(model.length + 1);
          expect(queue.indexOf(separator, from)).toBe(
            from >= model.length ? -1 : model.indexOf(separator, from),
          );
        } else {
          const from = random(model.length + 1);
          const to = from + random(model.length - from + 1);
          expect(queue.peek(from, to).equals(model.subarray(from, to))).toBe(true);
          const back = queue.take(from);
          queue.unshift(back);
          const length = random(20) === 0 ? model.length : 0;
          queue.drop(length);
          model = model.subarray(length);
        }
        expect(queue.size).toBe(model.length);
      }
      expect(queue.takeAll().equals(model)).toBe(true);
      expect(queue.size).toBe(0);
    }
  });

  test('takePiece gives views of what came, never a copy', () => {
    const queue = new ByteQueue();
    expect(queue.takePiece(9).length).toBe(0);
    const pieces = [Buffer.alloc(3000, 'a'), Buffer.alloc(2000, 'b')];
    for (const piece of pieces) queue.push(piece);
    const taken = [queue.takePiece(1000), queue.takePiece(9000), queue.takePiece(9000)];
    expect(taken.map((piece) => piece.length)).toEqual([1000, 2000, 2000]);
    expect(taken.map((piece) => piece.buffer)).toEqual(
      [0, 0, 1].map((i) => (pieces[i] as Buffer).buffer),
    );
    expect(queue.size).toBe(0);
  });

  test('single bytes do not cost an object each', () => {
    const queue = new ByteQueue();
    for (let i = 0; i < 100_000; i++) queue.push(Buffer.from([i & 0xff]));
    const { _rest: rest } = queue as unknown as { _rest: Buffer[] };
    expect(rest.length).toBeLessThan(20);
    expect(queue.indexOf(Buffer.from([254, 255, 0, 1]), 300)).toBe(510);
    const all = queue.takeAll();
    expect(all.every((byte, i) => byte === (i & 0xff))).toBe(true);
  });

  test('a piece that leaves whole is not copied', () => {
    const queue = new ByteQueue();
    const piece = Buffer.from('whole');
    queue.push(piece);
    expect(queue.take(5)).toBe(piece);
    queue.push(piece);
    expect(queue.take(2).buffer).toBe(piece.buffer);
    queue.clear();
    expect(queue.take(3).length).toBe(0);
    expect(queue.indexOf(piece, 0)).toBe(-1);
    expect(queue.indexOfByte(1, 0)).toBe(-1);
  });
});
