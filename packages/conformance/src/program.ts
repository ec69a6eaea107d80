import { type Body, Implementation, type Kind, type SelectorName } from '@asyncio-ts/testing';
import { EventLoop, type Selector } from 'asyncio-ts';

import { Stage, type StageOptions } from './stage.js';

/** Written once: a generator function that waits with `yield* on(...)`, run as it is and as an async function. */
export type Both = Body<[stage: Stage], void>;

/** Written for each kind by hand, in the words a user would write. */
export class ByHand {
  readonly generator: (stage: Stage) => Generator<unknown, void, unknown>;
  readonly async: (stage: Stage) => Promise<void>;

  constructor(versions: Pick<ByHand, 'generator' | 'async'>) {
    this.generator = versions.generator;
    this.async = versions.async;
  }
}

/** Runs loops itself: called outside any loop, it makes them with `stage.newLoop()`. */
export class Outside {
  readonly run: (stage: Stage) => Promise<void>;

  constructor(run: (stage: Stage) => Promise<void>) {
    this.run = run;
  }
}

export type Program = Both | ByHand | Outside;

/** On what a program is run. */
export interface Ground {
  readonly kind: Kind;
  readonly selector: SelectorName;
  /** Every second function of the program is of the other kind. */
  readonly mixed: boolean;
}

/** The trace of a program on that ground. */
export function traceOf(
  program: Program,
  { kind, selector, mixed }: Ground,
  options: StageOptions,
): Promise<readonly string[]> {
  const own = implementationOf(kind, selector);
  const other = implementationOf(kind === 'async' ? 'generator' : 'async', selector);
  const stage = new Stage(own, options, mixed ? [other] : []);
  return stage.run(() => {
    if (program instanceof Outside) return program.run(stage);
    const version = versionOf(program, own);
    return stage.newLoop().runUntilComplete(() => version(stage));
  });
}

function implementationOf(kind: Kind, selector: SelectorName): Implementation<EventLoop> {
  const newLoop = (door: Selector): EventLoop => new EventLoop({ selector: door, debug: false });
  return new Implementation<EventLoop>({ kind, selector, newLoop });
}

function versionOf(
  program: Both | ByHand,
  implementation: Implementation<EventLoop>,
): (stage: Stage) => Generator<unknown, void, unknown> | Promise<void> {
  if (!(program instanceof ByHand)) return implementation.plain(program);
  return implementation.kind === 'generator' ? program.generator : program.async;
}

/** A program in both kinds, each in the words a user would write. */
export function byHand(versions: Pick<ByHand, 'generator' | 'async'>): ByHand {
  return new ByHand(versions);
}

/** A program that runs its loops itself. */
export function outside(run: (stage: Stage) => Promise<void>): Outside {
  return new Outside(run);
}
