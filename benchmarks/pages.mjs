/** `npm run bench:pages [-- --check]`: writes the figures that were measured into the pages that show them. */
import { fileURLToPath } from 'node:url';
import { runTs } from '../scripts/run-ts.mjs';

const pages = fileURLToPath(new URL('harness/pages.ts', import.meta.url));
process.exitCode = await runTs(pages, process.argv.slice(2));
