/** One subject in a process of its own, asked for one round after the other. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

/** A subject that hangs must not hang the whole run. */
const PATIENCE = 120_000;

export interface Round {
  /** Of one run of the program (or the part of it that is timed), at the clock on the wall. */
  readonly seconds: number;
  /** Of the whole process meanwhile, threads of the garbage collector included. */
  readonly cpuSeconds: number;
  /** Of one run, where they are not known before. */
  readonly operations?: number;
  readonly bytes?: number;
}

export interface Ready {
  /** How many runs make a round. */
  readonly repeats: number;
  readonly operations: number;
}

export class SubjectProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  readonly #name: string;
  readonly #closed: Promise<unknown>;
  #complaints = '';

  constructor(name: string, command: string, args: readonly string[]) {
    this.#name = name;
    this.#child = spawn(command, args, { stdio: 'pipe' });
    this.#child.stderr.on('data', (text) => (this.#complaints += String(text)));
    this.#closed = new Promise((resolve) => this.#child.on('close', resolve));
    // It may be gone when it is asked; that it does not answer says so.
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => (this.#complaints += error.message));
    this.#reader = createInterface({ input: this.#child.stdout });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Resolves when it is warm. */
  ready(): Promise<Ready> {
    return this.#answer<Ready>();
  }

  round(): Promise<Round> {
    this.#child.stdin.write('round\n');
    return this.#answer<Round>();
  }

  /** Ends it, whatever it does. Twice is harmless. */
  close(): void {
    this.#reader.close();
    this.#child.kill('SIGKILL');
  }

  async #answer<T>(): Promise<T> {
    const timer = setTimeout(() => this.close(), PATIENCE);
    const { done, value } = await this.#lines.next();
    clearTimeout(timer);
    if (done === true) {
      // Its last words may come after the end of its answers.
      await this.#closed;
      throw new Error(`${this.#name}: no answer\n${this.#complaints}`.trimEnd());
    }
    const answer = JSON.parse(value as string) as T & { failed?: string };
    if (answer.failed !== undefined) throw new Error(`${this.#name}: ${answer.failed}`);
    return answer;
  }
}
