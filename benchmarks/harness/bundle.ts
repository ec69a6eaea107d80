/**
 * The rows as plain JavaScript, made once before the first process starts: no process carries a compiler or its module
 * hooks. The packages of the house are not bundled in: what is measured is what a user gets.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

/** A file is a row when its name has the group in front: `<group>-<name>.ts`. */
const isRow = (file: string): boolean => /^[a-z]+-.+\.ts$/.test(file);

/** What is looked up when the row runs: peers, and tools. */
const EXTERNAL = ['bluebird', 'co', 'effect', 'effection', 'esbuild', 'p-queue'];

/** Which packages are measured: the built ones, or (in tests, so that nothing needs to be built) their sources. */
export type Packages = 'dist' | 'src';

export interface Bundle {
  /** The program of a subject's process. */
  readonly child: string;
  remove(): void;
}

/**
 * Bundles the rows.
 *
 * @param house - the working tree whose packages are measured; default: this one
 */
export async function bundleRows(packages: Packages = 'dist', house?: string): Promise<Bundle> {
  const cache = join(house === undefined ? here : join(house, 'benchmarks'), '.cache');
  mkdirSync(cache, { recursive: true });
  const outdir = mkdtempSync(join(cache, 'rows-'));
  await build({
    absWorkingDir: here,
    // Each row is a file of its own, so that a process loads one.
    entryPoints: ['harness/child.ts', ...readdirSync(here).filter(isRow)],
    outbase: here,
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'error',
    ...(packages === 'dist'
      ? { packages: 'external', tsconfigRaw: {}, define: { 'globalThis.BUILT_PACKAGES': 'true' } }
      : {
          tsconfig: join(house ?? join(here, '..'), 'tsconfig.json'),
          external: EXTERNAL,
        }),
  });
  return {
    child: join(outdir, 'harness', 'child.js'),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
