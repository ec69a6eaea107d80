import type { Handle } from './handle.js';
import { EVENT_READ, EVENT_WRITE, type Selector } from './selector.js';

/** Reader and writer callbacks of one registered object. */
interface Watch {
  reader: Handle | null;
  writer: Handle | null;
}

/** Who is called when an object is readable or writable: kept as the data of the selector's keys. */
export class Watches {
  private readonly _selector: Selector;

  constructor(selector: Selector) {
    this._selector = selector;
  }

  /** Sets the reader or writer of an object; one that was there is cancelled. */
  set(fileobj: object, side: keyof Watch, handle: Handle): void {
    const key = this._selector.getKey(fileobj);
    const watch = (key?.data as Watch | undefined) ?? { reader: null, writer: null };
    const replaced = watch[side];
    watch[side] = handle;
    if (key === undefined) this._selector.register(fileobj, eventsOf(watch), watch);
    else this._selector.modify(fileobj, eventsOf(watch), watch);
    replaced?.cancel();
  }

  /** Takes the reader or writer of an object away. @returns whether there was one. */
  remove(fileobj: object, side: keyof Watch): boolean {
    const watch = this._selector.getKey(fileobj)?.data as Watch | undefined;
    const handle = watch?.[side];
    if (watch === undefined || handle === null || handle === undefined) return false;
    watch[side] = null;
    handle.cancel();
    const events = eventsOf(watch);
    if (events === 0) this._selector.unregister(fileobj);
    else this._selector.modify(fileobj, events, watch);
    return true;
  }

  /** Hands over the callbacks for what the selector found ready. */
  take(data: unknown, mask: number, take: { push(handle: Handle): void }): void {
    const watch = data as Watch;
    if ((mask & EVENT_READ) !== 0 && watch.reader !== null) take.push(watch.reader);
    if ((mask & EVENT_WRITE) !== 0 && watch.writer !== null) take.push(watch.writer);
  }
}

function eventsOf(watch: Watch): number {
  return (watch.reader === null ? 0 : EVENT_READ) | (watch.writer === null ? 0 : EVENT_WRITE);
}
