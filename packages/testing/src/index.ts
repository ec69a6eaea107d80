/**
 * I watch, and play the same program again.
 *
 * This floor knows how a behaviour is written once and tried on every implementation: both kinds of coroutines, virtual time
 * and Node's. It does not know any test framework: behaviours are plain functions that throw, and whoever has a `test`
 * function hands it in.
 *
 * @module @asyncio-ts/testing
 */
export { type Behaviour, defineBehaviours } from './behaviour.js';
export { futureBehaviours } from './behaviours/future.js';
export { loopBehaviours } from './behaviours/loop.js';
export { taskBehaviours } from './behaviours/task.js';
export { assertDeterministic, play, type Played } from './play.js';
export {
  cancelEverywhere,
  type CancelEverywhereOptions,
  type CancelEverywhereReport,
  type InterruptedCheck,
} from './cancel-everywhere.js';
export { type Interrupted, type Manner, MANNERS, type Place } from './interruption.js';
export type { Body, Kind, SelectorName, Tried } from './body.js';
export { Implementation, type ImplementationOptions } from './implementation.js';
export { asyncCoroutine, generatorCoroutine } from './kinds.js';
export {
  forEachImplementation,
  implementations,
  type MatrixOptions,
  scenes,
  type TestFunction,
} from './matrix.js';
export { Scene, type SceneBody } from './scene.js';
export { firstDifference, Trace } from './trace.js';
export { turn, wait } from './wait.js';
