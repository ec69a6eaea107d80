import { expect, test } from '@jest/globals';

import { clearlyDifferent, pairedRatio, quantile, spreadOf } from '../harness/statistics.js';

test('a quantile lies between its neighbours', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([4, 1, 3, 2], 0)).toBe(1);
  expect(quantile([4, 1, 3, 2], 1)).toBe(4);
  expect(() => quantile([], 0.5)).toThrow(RangeError);
});

test('a spread is half the distance between the quartiles, as a share of the median', () => {
  expect(spreadOf([1, 2, 3, 4, 5])).toEqual({ median: 3, spread: 1 / 3 });
});

test('a ratio is taken round by round: a machine that slows down slows both', () => {
  expect(pairedRatio([2, 20, 200], [1, 10, 100])).toEqual({ median: 2, spread: 0 });
});

test('two series differ clearly when one wins all the rounds, and by more than a trifle', () => {
  const base = Array.from({ length: 12 }, (_, round) => 100 + round);
  expect(
    clearlyDifferent(
      base.map((seconds) => seconds * 1.1),
      base,
    ),
  ).toBe(true);
  expect(
    clearlyDifferent(
      base.map((seconds) => seconds * 1.001),
      base,
    ),
  ).toBe(false);
  expect(
    clearlyDifferent(
      base.map((seconds, round) => seconds * (round % 2 ? 1.5 : 0.6)),
      base,
    ),
  ).toBe(false);
});
