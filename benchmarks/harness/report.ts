/** What a run says of itself, where the clock around it would say something else. */
import { readFileSync } from 'node:fs';

/** Seconds on the clock, and on the processor. */
interface Clocks {
  readonly wall: number;
  readonly cpu: number;
}

export function clocks(): Clocks {
  const { user, system } = process.cpuUsage();
  return { wall: Number(process.hrtime.bigint()) / 1e9, cpu: (user + system) / 1e6 };
}

/** What a round came to. */
export interface Reported {
  /** Of the part that is timed, if the program has timed a part. */
  readonly seconds?: number;
  readonly cpuSeconds?: number;
  /** How many there were, if that is not known before. */
  readonly operations?: number;
  readonly bytes?: number;
}

/** Given to each run of a program, which may leave it alone: then the whole run counts, at the size's operations. */
export class Report {
  #began: Clocks | null = null;
  #timed: Clocks | null = null;
  #operations: number | null = null;
  #bytes: number | null = null;

  /** What is timed begins here, not with the run. */
  start(): void {
    this.#began = clocks();
  }

  /** It ends here. Several such parts of a run add up. */
  stop(): void {
    const now = clocks();
    const { wall, cpu } = this.#began as Clocks;
    this.took(now.wall - wall, now.cpu - cpu);
  }

  /** Time that somebody else has measured, in seconds: a client, of its requests. */
  took(wall: number, cpu = 0): void {
    const before = this.#timed ?? { wall: 0, cpu: 0 };
    this.#timed = { wall: before.wall + wall, cpu: before.cpu + cpu };
  }

  /** So many operations there were. */
  did(operations: number): void {
    this.#operations = (this.#operations ?? 0) + operations;
  }

  /** So many bytes it holds, or is; of several, the most. */
  holds(bytes: number): void {
    this.#bytes = Math.max(this.#bytes ?? 0, bytes);
  }

  /** What was said in so many runs, for one of them. */
  of(runs: number): Reported {
    const [timed, operations, bytes] = [this.#timed, this.#operations, this.#bytes];
    return {
      ...(timed === null ? {} : { seconds: timed.wall / runs, cpuSeconds: timed.cpu / runs }),
      ...(operations === null ? {} : { operations: operations / runs }),
      ...(bytes === null ? {} : { bytes }),
    };
  }
}

/**
 * The most memory this process has had, in bytes. Linux is asked for that of the program: the `maxRSS` of the process begins
 * with that of the process that started it.
 */
export function peakMemory(): number {
  return memoryLine('VmHWM') ?? process.resourceUsage().maxRSS * 1024;
}

function memoryLine(name: string): number | null {
  try {
    const status = readFileSync('/proc/self/status', 'utf8');
    const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
