/**
 * `node scripts/run-ts.mjs file.ts [arguments]`: builds what changed, then runs a TypeScript file
 * on the built packages, in a process of its own. Its exit code is ours.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const hook = new URL('hooks/ts.mjs', import.meta.url).href;

/** Resolves with the exit code; a program ended by a signal has 128 + the signal's number, as in a shell. */
export async function runTs(file, args = []) {
  await build({ quiet: true });
  const child = spawn(process.execPath, ['--enable-source-maps', '--import', hook, file, ...args], {
    stdio: 'inherit',
  });
  const relay = (signal) => {
    // At a terminal, Ctrl-C goes to the whole group: the program has it already, once.
    if (!process.stdin.isTTY) child.kill(signal);
  };
  process.on('SIGINT', relay);
  process.on('SIGTERM', (signal) => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) {
    console.error('usage: node scripts/run-ts.mjs file.ts [arguments]');
    process.exitCode = 2;
  } else {
    process.exitCode = await runTs(file, args);
  }
}
