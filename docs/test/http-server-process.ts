/** The HTTP server in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const hook = new URL('../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const entry = fileURLToPath(new URL('../examples/http-server.ts', import.meta.url));

/** `http-server ...words`, and what it says. */
export class HttpServerProcess {
  stdout = '';
  stderr = '';
  readonly child: ChildProcess;
  /** Its exit code; null: a signal ended it. */
  readonly exit: Promise<number | null>;

  private constructor(words: readonly string[]) {
    this.child = spawn(process.execPath, ['--import', hook, entry, ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    const { stdout, stderr } = this.child as { stdout: Readable; stderr: Readable };
    stdout.on('data', (text) => (this.stdout += String(text)));
    stderr.on('data', (text) => (this.stderr += String(text)));
    this.exit = once(this.child, 'close').then(([code]) => code as number | null);
  }

  /** Starts one on a free port. */
  static async serving(...words: string[]): Promise<[HttpServerProcess, url: string]> {
    const server = new HttpServerProcess(['--port', '0', ...words]);
    const [, url] = await server.says(/serving on (\S+),/);
    return [server, url as string];
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
