/**
 * I make tasks wait fairly.
 *
 * This floor knows who came first, who may go on, and what becomes of a place in line, a permit or an item when whoever
 * waited for it gives up. It does not know why they wait: no sockets, no threads, no time.
 *
 * @module @asyncio-ts/sync
 */
export { Barrier } from './barrier.js';
export { BoundedSemaphore } from './bounded-semaphore.js';
export { BrokenBarrierError } from './broken-barrier-error.js';
export { Condition, type ConditionLock } from './condition.js';
export { Event } from './event.js';
export type { Held } from './held.js';
export { LifoQueue } from './lifo-queue.js';
export { Lock } from './lock.js';
export { type Compare, PriorityQueue, type PriorityQueueOptions } from './priority-queue.js';
export { Queue, type QueueContents, type ShutdownOptions } from './queue.js';
export { QueueEmpty, QueueFull, QueueShutDown } from './queue-errors.js';
export type { QueueIterator } from './queue-iterator.js';
export { Semaphore } from './semaphore.js';
