/** `npm run bench:compare -- --base <revision>`: builds what changed, then measures it beside a revision. */
import { fileURLToPath } from 'node:url';
import { runTs } from '../scripts/run-ts.mjs';

const compare = fileURLToPath(new URL('harness/compare.ts', import.meta.url));
process.exitCode = await runTs(compare, process.argv.slice(2));
