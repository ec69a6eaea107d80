import { isTask } from './awaited-by.js';
import { type CallGraphOptions, captureFrom, type FutureCallGraph } from './call-graph.js';
import type { FutureLike } from './protocol.js';
import type { StackFrame } from './stack-frame.js';
import type { TextOutput } from './task-stack.js';

/** How a call graph is printed. */
export interface PrintCallGraphOptions extends CallGraphOptions {
  /** Default: `process.stdout`. */
  readonly file?: TextOutput | null | undefined;
}

/**
 * The call graph as text, one future a paragraph, whoever awaits it indented below. Where tasks wait for each other in a
 * circle, the line says so and lists it.
 *
 * Mirrors Python's `asyncio.format_call_graph`.
 *
 * @param future - a future or task; default: the task that runs
 * @returns empty when there is no future given and no task runs
 * @throws as `captureCallGraph`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { formatCallGraph, runUntilComplete, Task } from '@asyncio-ts/futures';
 *
 * const loop = new BaseEventLoop();
 * const main = function* () {
 *   yield;
 *   console.log(formatCallGraph());
 *   // * Task(name='main', id=0x1)
 *   //   + Call stack:
 *   //   |   File 'main.ts', line 7, in generator main()
 * };
 * await runUntilComplete(loop, new Task(main(), { loop, name: 'main' }));
 * ```
 */
export function formatCallGraph(
  future: FutureLike<unknown> | null = null,
  options: CallGraphOptions = {},
): string {
  return format(captureFrom(future, options, formatCallGraph));
}

/**
 * Prints the call graph: see `formatCallGraph`.
 *
 * Mirrors Python's `asyncio.print_call_graph`.
 *
 * @param future - a future or task; default: the task that runs
 * @throws as `captureCallGraph`.
 *
 * @example
 * ```ts
 * import { BaseEventLoop } from '@asyncio-ts/loop';
 * import { Future, printCallGraph } from '@asyncio-ts/futures';
 *
 * const future = new Future({ loop: new BaseEventLoop() });
 * printCallGraph(future, { file: process.stderr }); // * Future(id=0x1)
 * ```
 */
export function printCallGraph(
  future: FutureLike<unknown> | null = null,
  options: PrintCallGraphOptions = {},
): void {
  const graph = captureFrom(future, options, printCallGraph);
  if (graph !== null) (options.file ?? process.stdout).write(`${format(graph)}\n`);
}

function format(graph: FutureCallGraph | null): string {
  const lines: string[] = [];
  if (graph !== null) render(graph, '', [], lines);
  return lines.join('\n');
}

function render(
  { future, callStack, awaitedBy, isCycle }: FutureCallGraph,
  indent: string,
  way: readonly FutureLike<unknown>[],
  lines: string[],
): void {
  const cycle = isCycle ? ` (cycle: ${circleOf(future, way)})` : '';
  lines.push(`${indent}* ${titleOf(future)}${cycle}`);
  if (callStack.length > 0) {
    lines.push(`${indent}  + Call stack:`);
    for (const { frame } of callStack) lines.push(`${indent}  |   ${lineOf(frame)}`);
  }
  if (awaitedBy.length === 0) return;
  lines.push(`${indent}  + Awaited by:`);
  for (const waiter of awaitedBy) render(waiter, `${indent}    `, [...way, future], lines);
}

function circleOf(future: FutureLike<unknown>, way: readonly FutureLike<unknown>[]): string {
  return [...way.slice(way.indexOf(future)), future].map(nameOf).join(' <- ');
}

function nameOf(future: FutureLike<unknown>): string {
  return isTask(future) ? future.getName() : titleOf(future);
}

function titleOf(future: FutureLike<unknown>): string {
  const id = `id=0x${idOf(future).toString(16)}`;
  return isTask(future) ? `Task(name='${future.getName()}', ${id})` : `Future(${id})`;
}

function lineOf({ functionName, kind, location }: StackFrame): string {
  const tag = kind === 'function' ? '' : `${kind} `;
  const place =
    location === null
      ? "File '<unknown>'"
      : `File '${location.fileName}', line ${location.lineNumber}`;
  return `${place}, in ${tag}${functionName}()`;
}

/** Objects have no address here: they are numbered as they are shown. */
const ids = new WeakMap<object, number>();
let shown = 0;

function idOf(future: object): number {
  let id = ids.get(future);
  if (id === undefined) ids.set(future, (id = ++shown));
  return id;
}
