/** `npm run bench [-- options]`: builds what changed, then measures the built packages. */
import { fileURLToPath } from 'node:url';
import { runTs } from '../scripts/run-ts.mjs';

const main = fileURLToPath(new URL('harness/main.ts', import.meta.url));
process.exitCode = await runTs(main, process.argv.slice(2));
