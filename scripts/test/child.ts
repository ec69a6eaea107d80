import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a child process ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const hook = new URL('../hooks/ts-src.mjs', import.meta.url).href;
const root = fileURLToPath(new URL('../../', import.meta.url));

export interface ChildOptions {
  readonly flags?: readonly string[];
  readonly env?: Record<string, string>;
  /** How long it may take before it is killed. Default: 25. */
  readonly seconds?: number;
}

/** For tests of all packages. Runs a script, as an ES module, in a Node process of its own; it may import the packages by name. */
export function runChild(script: string, options: ChildOptions = {}): Promise<Ended> {
  const args = [
    ...(options.flags ?? []),
    '--import',
    hook,
    '--input-type=module',
    '--eval',
    script,
  ];
  const env = { ...process.env, NODE_OPTIONS: '', ...options.env };
  const { seconds = 25 } = options;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      args,
      { cwd: root, env, timeout: seconds * 1000 },
      (_error, stdout, stderr) => {
        const late = child.killed ? `\nkilled, since it took more than ${seconds} s` : '';
        resolve({ code: child.exitCode, stdout, stderr: stderr + late });
      },
    );
  });
}
