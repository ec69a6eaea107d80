/** Who is sent what is published. */
export interface Subscriber {
  deliver(message: Buffer): void;
}

/** Who listens to which channel. */
export class Channels<S extends Subscriber> {
  private readonly _subscribers = new Map<string, Set<S>>();

  subscribe(channel: string, subscriber: S): void {
    const subscribers = this._subscribers.get(channel);
    if (subscribers === undefined) this._subscribers.set(channel, new Set([subscriber]));
    else subscribers.add(subscriber);
  }

  unsubscribe(channel: string, subscriber: S): void {
    const subscribers = this._subscribers.get(channel);
    if (subscribers?.delete(subscriber) === true && subscribers.size === 0) {
      this._subscribers.delete(channel);
    }
  }

  /** @returns how many it was given to. */
  publish(channel: string, message: Buffer): number {
    const subscribers = this._subscribers.get(channel);
    if (subscribers === undefined) return 0;
    const { size } = subscribers;
    for (const subscriber of subscribers) subscriber.deliver(message);
    return size;
  }
}
