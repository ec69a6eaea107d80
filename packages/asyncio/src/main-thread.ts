// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- it asks which thread this is, and makes none
import { isMainThread } from 'node:worker_threads';

/** @internal Whether this is the thread the process began with: the one that gets signals and has a loop by itself. */
export function inMainThread(): boolean {
  return isMainThread;
}
