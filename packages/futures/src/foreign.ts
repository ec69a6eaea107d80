/**
 * A promise that keeps its word: whatever is merely thenable may settle twice, call back at once, or throw.
 */
export function asNative<T>(promise: PromiseLike<T>): Promise<T> {
  return promise instanceof Promise ? promise : Promise.resolve(promise);
}
