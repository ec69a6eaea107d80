/** For tests of all packages. Programs of other people, which may be missing. */
import { spawnSync } from 'node:child_process';

/** Whether a program is on this machine: asked for its version it answers, or at least it starts. */
export function hasTool(name: string, ...args: string[]): boolean {
  return spawnSync(name, args, { stdio: 'ignore' }).error === undefined;
}
