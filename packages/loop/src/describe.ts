import { inspect } from 'node:util';

const BRIEF = { depth: 0, breakLength: Infinity, maxArrayLength: 3, maxStringLength: 60 } as const;

/** A value on one line, without what lies inside it. */
export function brief(value: unknown): string {
  // While async hooks are on, Node shows its own marks on every promise: they would bury the message.
  return value instanceof Promise ? 'a Promise' : inspect(value, BRIEF);
}

/** A callback with its arguments, as Python writes it: `name(1, 'a')`. */
export function describeCallback(callback: object, args: readonly unknown[] = []): string {
  const name =
    typeof callback === 'function' && callback.name !== '' ? callback.name : '<anonymous>';
  return `${name}(${args.map(brief).join(', ')})`;
}

/** @internal The stack of here and now without the `skip` innermost functions of ours, for debug mode. */
export function sourceTraceback(skip: object): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, skip as new () => object);
  return (holder.stack ?? '').split('\n').slice(1).join('\n');
}
