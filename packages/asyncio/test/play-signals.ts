/** Plays a program of `programs` in a process of its own, and sends it signals: they are the process's. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;

export interface Ended {
  readonly code: number | null;
  /** The signal it died of, if it did. */
  readonly signal: NodeJS.Signals | null;
  /** What it said, but for `ready`. */
  readonly lines: string[];
  readonly stderr: string;
}

/** Starts a scene of a program and sends the next signal each time it says `ready`. */
export function playSignals(
  program: string,
  scene: string,
  kind: string,
  ...toSend: readonly NodeJS.Signals[]
): Promise<Ended> {
  const signals = [...toSend];
  const path = fileURLToPath(new URL(`./programs/${program}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', hook, path, scene, kind], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const lines: string[] = [];
  let rest = '';
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  child.stdout.on('data', (chunk: Buffer) => {
    rest += String(chunk);
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 1);
      const signal = line === 'ready' ? signals.shift() : undefined;
      if (signal !== undefined) child.kill(signal);
      if (line !== 'ready') lines.push(line);
    }
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, lines, stderr }));
  });
}
