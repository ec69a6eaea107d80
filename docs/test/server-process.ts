/** The servers of the examples in processes of their own, as a newcomer starts them. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;

/** `example ...words`, and what it says. */
export class ServerProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  /** Its exit code; null: a signal ended it. */
  readonly exit: Promise<number | null>;

  constructor(example: 'http-server' | 'resp-server', ...words: readonly string[]) {
    const entry = fileURLToPath(new URL(`../examples/${example}.ts`, import.meta.url));
    this.child = spawn(process.execPath, ['--import', hook, entry, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const { stdout, stderr } = this.child as { stdout: Readable; stderr: Readable };
    stdout.on('data', (text) => (this.stdout += String(text)));
    stderr.on('data', (text) => (this.stderr += String(text)));
    this.exit = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Resolves when it has said something that matches. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stdout}${this.stderr}`);
      await once(this.child.stdout as Readable, 'data');
    }
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exit;
  }
}

/** Starts the HTTP server on a free port. */
export async function httpServer(...words: string[]): Promise<[ServerProcess, url: string]> {
  const server = new ServerProcess('http-server', '--port', '0', ...words);
  const [, url] = await server.says(/serving on (\S+),/);
  return [server, url as string];
}

/** Starts the Redis server on a free port. */
export async function respServer(...words: string[]): Promise<[ServerProcess, port: number]> {
  const server = new ServerProcess('resp-server', '--port', '0', ...words);
  const [, port] = await server.says(/serving the Redis protocol on 127\.0\.0\.1:(\d+)/);
  return [server, Number(port)];
}
