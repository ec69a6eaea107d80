/**
 * The rows as plain JavaScript, made once before the first process starts: no process carries a compiler or its module
 * hooks. The packages of the house are not bundled in: what is measured is what a user gets.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { build } from 'esbuild';

const here = fileURLToPath(new URL('..', import.meta.url));

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
    entryPoints: ['harness/child.ts'],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'error',
    ...(packages === 'dist'
      ? { packages: 'external', tsconfigRaw: {} }
      : {
          tsconfig: join(here, '..', 'tsconfig.json'),
          external: ['bluebird', 'co', 'effect', 'effection'],
        }),
  });
  return {
    child: join(outdir, 'child.js'),
    remove: () => rmSync(outdir, { recursive: true, force: true }),
  };
}
