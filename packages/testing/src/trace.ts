import { inspect } from 'node:util';

/** What a trace needs of a loop: its clock, in seconds. */
interface Clock {
  time(): number;
}

/**
 * What happened, in order, each line with the time of the loop's clock.
 *
 * @example
 * ```ts
 * import { BaseEventLoop, VirtualSelector } from '@asyncio-ts/loop';
 * import { Trace } from '@asyncio-ts/testing';
 *
 * const loop = new BaseEventLoop({ selector: new VirtualSelector() });
 * const trace = new Trace(loop);
 * loop.callLater(1.5, () => {
 *   trace.add('tick');
 *   loop.stop();
 * });
 * await loop.runForever();
 * console.log(trace.lines()); // ['1.5 tick']
 * ```
 */
export class Trace {
  private readonly _clock: Clock;
  private readonly _start: number;
  private readonly _entries: { readonly time: number; readonly text: string }[] = [];

  /** @param clock - whose `time()`, in seconds, is noted; the trace begins at zero */
  constructor(clock: Clock) {
    this._clock = clock;
    this._start = clock.time();
  }

  /** Appends a line; parts that are no strings are inspected. */
  add(...parts: readonly unknown[]): void {
    const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
    this._entries.push({ time: this._clock.time() - this._start, text });
  }

  /**
   * The lines without their times: what happened in which order.
   *
   * @example
   * ```ts
   * import { BaseEventLoop } from '@asyncio-ts/loop';
   * import { Trace } from '@asyncio-ts/testing';
   *
   * const trace = new Trace(new BaseEventLoop());
   * trace.add('a', 1);
   * console.log(trace.events); // [ 'a 1' ]
   * ```
   */
  get events(): string[] {
    return this._entries.map((entry) => entry.text);
  }

  /** The lines, each with the seconds since the trace began. */
  lines(): string[] {
    return this._entries.map(({ time, text }) => `${Number(time.toFixed(9))} ${text}`);
  }

  [inspect.custom](): string {
    return `<Trace ${this._entries.length} lines>`;
  }
}

/**
 * Where two traces part, as a sentence; null when they are the same.
 *
 * @example
 * ```ts
 * import { firstDifference } from '@asyncio-ts/testing';
 *
 * console.log(firstDifference(['0 a'], ['0 a'])); // null
 * ```
 */
export function firstDifference(one: readonly string[], other: readonly string[]): string | null {
  const length = Math.max(one.length, other.length);
  for (let i = 0; i < length; i++) {
    if (one[i] === other[i]) continue;
    const say = (line: string | undefined): string =>
      line === undefined ? 'its end' : inspect(line);
    return `line ${i + 1} is ${say(one[i])} in one run and ${say(other[i])} in the other`;
  }
  return null;
}
