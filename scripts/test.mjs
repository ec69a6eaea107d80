/**
 * `npm test [-- jest arguments]`: jest over everything, then one plain line with its totals.
 * Runs with the Node that runs this script, so another Node tries the suite by starting it.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './house.mjs';

const scratch = mkdtempSync(join(tmpdir(), 'asyncio-ts-test-'));
const totalsFile = join(scratch, 'totals.json');
const jest = createRequire(import.meta.url).resolve('jest/bin/jest');

const child = spawn(
  process.execPath,
  [
    // jest runs ES modules through vm.SourceTextModule, which Node still guards with a flag.
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, JEST_TOTALS_FILE: totalsFile } },
);

child.on('exit', (code, signal) => {
  let totals;
  try {
    totals = JSON.parse(readFileSync(totalsFile, 'utf8'));
  } catch {
    // jest ended without a run (a usage error, --listTests): there is nothing to count.
  }
  rmSync(scratch, { recursive: true, force: true });
  if (totals) {
    console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
  }
  process.exitCode = signal ? 1 : code;
});
