/** `npm start [-- arguments]`: builds what changed, says so, and starts the tour with the arguments. */
import { join } from 'node:path';
import { build } from './build.mjs';
import { root } from './house.mjs';
import { runTs } from './run-ts.mjs';

await build();
process.exitCode = await runTs(
  join(root, 'docs', 'examples', 'tour', 'main.ts'),
  process.argv.slice(2),
);
