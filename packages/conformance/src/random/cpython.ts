/** CPython, kept running: a program goes in as a line, its trace comes back as a line, in order. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { RuntimeError } from '@asyncio-ts/loop';

import type { Program } from './program.js';
import { toPython } from './python.js';

const runner = fileURLToPath(new URL('../../python/random/runner.py', import.meta.url));

export type Trace = readonly string[];

interface Asked {
  readonly resolve: (trace: Trace) => void;
  readonly reject: (error: Error) => void;
}

export class CPython {
  private readonly _child: ChildProcess;
  private readonly _asked: Asked[] = [];
  private readonly _exited: Promise<unknown>;
  private _over = false;

  /** @param executable - as `findReferee` gives it */
  constructor(executable: string) {
    this._child = spawn(executable, ['-W', 'ignore', runner], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this._exited = new Promise((resolve) => {
      this._child.once('close', resolve);
      this._child.once('error', resolve);
    });
    void this._exited.then(() => this._ended());
    // Whoever asked hears of it when it has ended.
    this._child.stdin?.on('error', () => {});
    if (this._child.stdout === null)
      throw new RuntimeError('Cannot read what CPython says: it has no output');
    createInterface({ input: this._child.stdout }).on('line', (line) => {
      this._asked.shift()?.resolve(JSON.parse(line) as Trace);
    });
  }

  /** What CPython makes of it. Any number may be asked for at once. */
  trace(program: Program): Promise<Trace> {
    const { table, eager, rescue } = program;
    return new Promise((resolve, reject) => {
      if (this._over) throw new RuntimeError('Cannot ask CPython: it has ended; start it anew');
      this._asked.push({ resolve, reject });
      const line = JSON.stringify({ source: toPython(program), table, eager, rescue });
      this._child.stdin?.write(`${line}\n`);
    });
  }

  /** Lets it end, and waits for that. */
  async close(): Promise<void> {
    this._child.stdin?.end();
    await this._exited;
  }

  private _ended(): void {
    this._over = true;
    for (const { reject } of this._asked.splice(0))
      reject(new RuntimeError('CPython ended before it answered'));
  }
}
