import {
  CancelledError,
  coroutine,
  currentTask,
  DeadlockError,
  isCancelledError,
  runUntilComplete,
  setTaskFactory,
} from '@asyncio-ts/futures';
import { RuntimeError, type Selector, ValueError } from '@asyncio-ts/loop';
import * as tasks from '@asyncio-ts/tasks';

import type { Mode, Program } from './program.js';
import { toTypeScript } from './typescript.js';
import { type ProgramFunction, World } from './world.js';

/** What a program uses of the library by name. */
export const library: Readonly<Record<string, unknown>> = {
  ...{ coroutine, CancelledError, currentTask, isCancelledError, RuntimeError, ValueError },
  ...tasks,
};

type Settings = Pick<Program, 'table' | 'eager' | 'rescue'>;

/** A world for one program: the names it sees, and the run, which gives the trace. */
export function open(settings: Settings): {
  readonly names: Readonly<Record<string, unknown>>;
  readonly run: (functions: readonly ProgramFunction[]) => Promise<readonly string[]>;
} {
  const world = worldOf(settings);
  return {
    names: { ...library, ...world.names() },
    run: (functions) => runIn(world, functions),
  };
}

function worldOf({ table, eager, rescue }: Settings, selector?: Selector): World {
  const world = new World(table, rescue, selector);
  if (eager) setTaskFactory(world.loop, tasks.eagerTaskFactory);
  return world;
}

async function runIn(
  world: World,
  functions: readonly ProgramFunction[],
): Promise<readonly string[]> {
  try {
    await runUntilComplete(world.loop, world.main(functions));
  } catch (error) {
    if (error instanceof DeadlockError) world.log('main', 'deadlock');
    else world.log('main', 'failed', String(error));
  }
  world.end();
  const lines = [...world.trace];
  world.loop.close();
  return lines;
}

/**
 * Plays a program.
 *
 * @param selector - default: virtual time; on any other the trace says no times
 * @returns its trace, line by line
 */
export function play(
  program: Program,
  mode: Mode,
  selector?: Selector,
): Promise<readonly string[]> {
  const world = worldOf(program, selector);
  return runIn(world, load(toTypeScript(program, mode), world.names()));
}

const libraryNames = Object.keys(library);
const libraryValues = Object.values(library);

function load(
  source: string,
  names: Readonly<Record<string, unknown>>,
): readonly ProgramFunction[] {
  const text = `'use strict';\n${source}\nreturn program();`;
  const make = new Function(...libraryNames, ...Object.keys(names), text) as (
    ...args: readonly unknown[]
  ) => readonly ProgramFunction[];
  return make(...libraryValues, ...Object.values(names));
}
