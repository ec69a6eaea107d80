/** The server in a process of its own, for as long as a scene needs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import type { HandlerKind } from '../resp-server.js';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

export class ServerProcess {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #kill: () => void;

  private constructor(child: ChildProcess, port: number, kill: () => void) {
    this.#child = child;
    this.port = port;
    this.#kill = kill;
  }

  /**
   * Starts the server on a free port.
   *
   * @throws Error when it ends before it serves.
   */
  static async start(kind: HandlerKind): Promise<ServerProcess> {
    const words = ['serve', '--port', '0', '--kind', kind];
    // The channel is for nothing but its end: the server stops when this process is gone. And Ctrl-C at the terminal is for
    // this process alone, which then stops the server in order: hence a process group of its own.
    const child = spawn(process.execPath, [...process.execArgv, main, ...words], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      detached: true,
    });
    const kill = (): void => void child.kill('SIGKILL');
    process.once('exit', kill);
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const port = /^serving the Redis protocol on .*:(\d+)/.exec(line)?.[1];
      if (port !== undefined) {
        child.stdout?.resume();
        return new ServerProcess(child, Number(port), kill);
      }
    }
    process.off('exit', kill);
    throw new Error('the server ended before it served');
  }

  /**
   * Asks it to stop, and waits until it has.
   *
   * @throws Error when it does not end with exit code 0.
   */
  async stop(): Promise<void> {
    const running = this.#child.exitCode === null && this.#child.signalCode === null;
    if (running) {
      const exit = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await exit;
    }
    process.off('exit', this.#kill);
    if (this.#child.exitCode !== 0) {
      throw new Error(
        `the server ended with ${this.#child.exitCode ?? this.#child.signalCode} where 0 is right`,
      );
    }
  }
}
