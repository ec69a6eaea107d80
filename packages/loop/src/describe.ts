import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';

import { DEBUG_STACK_DEPTH } from './constants.js';

const BRIEF = { depth: 0, breakLength: Infinity, maxArrayLength: 3, maxStringLength: 60 } as const;

/**
 * A value on one line, without what lies inside it.
 *
 * @example
 * ```ts
 * import { brief } from '@asyncio-ts/loop';
 *
 * console.log(brief({ user: { name: 'ann' } })); // { user: [Object] }
 * ```
 */
export function brief(value: unknown): string {
  // While async hooks are on, Node shows its own marks on every promise: they would bury the message.
  return value instanceof Promise ? 'a Promise' : inspect(value, BRIEF);
}

/**
 * A callback with its arguments, as Python writes it: `name(1, 'a')`.
 *
 * @example
 * ```ts
 * import { describeCallback } from '@asyncio-ts/loop';
 *
 * function greet(_name: string) {}
 * console.log(describeCallback(greet, ['ann'])); // greet('ann')
 * ```
 */
export function describeCallback(callback: object, args: readonly unknown[] = []): string {
  const name =
    typeof callback === 'function' && callback.name !== '' ? callback.name : '<anonymous>';
  return `${name}(${args.map(brief).join(', ')})`;
}

/** @internal The stack of here and now, from the line of the user on that got us here, for debug mode. */
export function sourceTraceback(skip: object): string {
  const holder: { stack?: string } = {};
  const limit = Error.stackTraceLimit;
  if (!(limit > DEBUG_STACK_DEPTH)) Error.stackTraceLimit = DEBUG_STACK_DEPTH;
  Error.captureStackTrace(holder, skip as new () => object);
  Error.stackTraceLimit = limit;
  const lines = (holder.stack ?? '').split('\n').slice(1);
  const first = lines.findIndex((line) => !OWN.test(line));
  return lines.slice(Math.max(first, 0)).join('\n');
}

/** Where the files of our packages lie: beside this one, or in whatever `node_modules`. */
const OWN = new RegExp(
  `(?:${[...homes(), '/node_modules/@asyncio-ts/', '/node_modules/(?=asyncio-ts/)'].join('|')})[\\w-]+/(?:src|dist)/`,
);

function homes(): string[] {
  try {
    const home = new URL('../../', import.meta.url);
    return [quoted(home.pathname), quoted(fileURLToPath(home))];
  } catch {
    // Bundled into CommonJS, this file has no address of its own.
    return [];
  }
}

function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
