import type { Scenario } from '../scenario.js';
import { limits } from './limits.js';
import { network } from './network.js';
import { sync } from './sync.js';
import { tasks } from './tasks.js';
import { waiting } from './waiting.js';

/** All scenarios, by topic. */
export const topics: Readonly<Record<string, readonly Scenario[]>> = {
  limits,
  network,
  sync,
  tasks,
  waiting,
};
