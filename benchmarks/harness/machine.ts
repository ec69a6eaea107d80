/** What the figures were taken on: they mean nothing without it. */
import { availableParallelism, cpus, totalmem } from 'node:os';

export interface Machine {
  readonly node: string;
  readonly v8: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
}

export function thisMachine(): Machine {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** The first number of a Node version. */
export function nodeMajor(version: string = process.versions.node): number {
  return Number.parseInt(version, 10);
}

export function describeMachine({ node, cpu, cores, memoryGiB, platform }: Machine): string {
  return `Node ${node}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${platform}`;
}
