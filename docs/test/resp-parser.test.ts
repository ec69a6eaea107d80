import { describe, expect, test } from '@jest/globals';

import { Deque } from '../examples/resp/deque.js';
import { matches } from '../examples/resp/glob.js';
import { defaultLimits } from '../examples/resp/limits.js';
import { ProtocolError, RespParser } from '../examples/resp/parser.js';
import { splitInline } from '../examples/resp/split-inline.js';
import { encode } from './resp-wire.js';

/** All commands in some bytes, fed in pieces. */
function parse(bytes: string, pieces = [bytes.length], limits = {}): string[][] {
  const parser = new RespParser({ ...defaultLimits, ...limits });
  const commands: string[][] = [];
  let at = 0;
  for (let i = 0; at < bytes.length; i++) {
    const length = pieces[i % pieces.length] as number;
    parser.feed(Buffer.from(bytes.slice(at, at + length), 'latin1'));
    at += length;
    for (let command = parser.next(); command !== null; command = parser.next()) {
      commands.push(command);
    }
  }
  return commands;
}

const errorOf = (bytes: string, limits = {}): string => {
  try {
    return `no error: ${JSON.stringify(parse(bytes, [bytes.length], limits))}`;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return error.message;
  }
};

describe('RespParser', () => {
  const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
  const commands = [
    ['PING'],
    ['SET', 'key', everyByte],
    ['GET', ''],
    ['ECHO', '\r\n$5\r\n*1\r\n'],
    ['X', ...Array.from({ length: 30 }, (_, i) => 'y'.repeat(i * i))],
  ];
  const stream = commands.map((args) => encode(...args)).join('');

  test.each([[[stream.length]], [[1]], [[2, 3, 1]], [[7]], [[64, 1]], [[1000]]])(
    'gives the same commands in pieces of %j bytes',
    (pieces) => {
      expect(parse(stream.repeat(3), pieces)).toEqual([...commands, ...commands, ...commands]);
    },
  );

  test('gives all commands of one chunk, one after the other', () => {
    const parser = new RespParser();
    parser.feed(Buffer.from(encode('PING').repeat(1000) + '*1\r\n'));
    let count = 0;
    while (parser.next() !== null) count++;
    expect(count).toBe(1000);
    expect(parser.hasInput).toBe(true);
    parser.feed(Buffer.from('$4\r\nPING\r\n'));
    expect(parser.next()).toEqual(['PING']);
    expect(parser.hasInput).toBe(false);
  });

  test('takes inline commands between the others', () => {
    expect(parse(`PING\r\n${encode('GET', 'a')}  set a  "b c"\n\r\n \r\nGET a\r\n`)).toEqual([
      ['PING'],
      ['GET', 'a'],
      ['set', 'a', 'b c'],
      ['GET', 'a'],
    ]);
  });

  test('takes an array of nothing for nothing', () => {
    expect(parse('*0\r\n*-1\r\n*-10\r\nPING\r\n')).toEqual([['PING']]);
  });

  test.each([
    ['*a\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*1a\r\n', 'invalid multibulk length'],
    ['*1048577\r\n', 'invalid multibulk length'],
    ['*99999999999999999999\r\n', 'invalid multibulk length'],
    ['*1\r\n+PING\r\n', "expected '$', got '+'"],
    ['*1\r\n\r\n', "expected '$', got '\r'"],
    ['*1\r\n$\r\n', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$1.5\r\n', 'invalid bulk length'],
    ['*1\r\n$67108865\r\n', 'invalid bulk length'],
    ['ECHO "a\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(65_537), 'too big inline request'],
    [`${'x'.repeat(65_537)}\r\n`, 'too big inline request'],
    [`*${'1'.repeat(65_537)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(65_537)}`, 'too big bulk count string'],
  ])('does not take %j', (bytes, message) => {
    expect(errorOf(bytes)).toBe(message);
  });

  test('has limits for an argument, and for all of a command', () => {
    expect(parse(encode('GET', 'four'), [99], { bulk: 4 })).toEqual([['GET', 'four']]);
    expect(errorOf(encode('GET', 'fiver'), { bulk: 4 })).toBe('invalid bulk length');
    expect(errorOf(encode('MGET', 'a', 'b', 'c'), { request: 6 })).toBe('too big request');
    expect(parse(encode('GET', 'a').repeat(9), [99], { request: 4 })).toHaveLength(9);
  });

  test('does work in proportion to what arrives, however small the pieces', () => {
    const value = 'x'.repeat(2_000_000);
    expect(parse(encode('SET', 'a', value), [100])).toEqual([['SET', 'a', value]]);
  });
});

describe('splitInline', () => {
  test.each([
    ['', []],
    ['  a \t b\0c ', ['a', 'b', 'c']],
    ['"a b" c', ['a b', 'c']],
    ['"" \'\'', ['', '']],
    ['a"b c"', ['ab c']],
    [String.raw`"\n\r\t\b\a\"\\\q"`, ['\n\r\t\b\x07"\\q']],
    [String.raw`"\x41\xfF\xg1"`, ['A\xffxg1']],
    [String.raw`'it\'s \n'`, [String.raw`it's \n`]],
    ['"a"b', null],
    ["'a'b", null],
    ['"a', null],
    ["'a", null],
    ['"a\\', null],
  ])('splits %j', (line, words) => {
    expect(splitInline(line)).toEqual(words);
  });
});

describe('matches', () => {
  test.each([
    ['*', '', true],
    ['', 'a', false],
    ['h?llo', 'hello', true],
    ['h*llo', 'heeeello', true],
    ['h*llo', 'heeeell', false],
    ['*a*b', 'xxaxxbxb', true],
    ['h[ae]llo', 'hallo', true],
    ['h[^e]llo', 'hello', false],
    ['h[a-c]llo', 'hbllo', true],
    ['h[c-a]llo', 'hbllo', true],
    ['[\\]]', ']', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a\\', 'a\\', true],
    ['[abc', 'c', true],
    ['[', '', false],
  ])('%s against %j: %j', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  test('is quick with a pattern that was made to be slow', () => {
    expect(matches('*a'.repeat(50) + 'b', 'a'.repeat(5000))).toBe(false);
  });
});

describe('Deque', () => {
  test('does what an array does', () => {
    const deque = new Deque<number>();
    const array: number[] = [];
    let seed = 7;
    for (let i = 0; i < 5000; i++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const what = (seed >> 8) % 5;
      if (what < 2) array.push(i);
      if (what < 2) deque.pushRight(i);
      if (what === 2) array.unshift(i);
      if (what === 2) deque.pushLeft(i);
      if (what === 3) expect(deque.popLeft()).toBe(array.shift());
      if (what === 4) expect(deque.popRight()).toBe(array.pop());
      expect(deque.length).toBe(array.length);
    }
    expect(deque.slice()).toEqual(array);
    expect(deque.slice(3, 9)).toEqual(array.slice(3, 9));
  });
});
