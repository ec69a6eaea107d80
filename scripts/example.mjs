/** `npm run example -- <number> [arguments]`: runs one of `docs/examples/`; without a number, lists them. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './house.mjs';
import { runTs } from './run-ts.mjs';

const folder = join(root, 'docs', 'examples');
const examples = (existsSync(folder) ? readdirSync(folder) : [])
  .map((file) => /^(\d+)-(.+)\.ts$/.exec(file))
  .filter((match) => match !== null)
  .map(([file, number, name]) => ({ number: Number(number), name, file: join(folder, file) }))
  .sort((a, b) => a.number - b.number);
const list = examples.map(({ number, name }) => `  ${number}  ${name}`).join('\n');

const [wanted, ...args] = process.argv.slice(2);
const example = examples.find(({ number }) => String(number) === wanted);
if (wanted === undefined) {
  console.log(`npm run example -- <number>\n${list}`);
} else if (example === undefined) {
  console.error(`There is no example ${wanted}. There are:\n${list}`);
  process.exitCode = 2;
} else {
  process.exitCode = await runTs(example.file, args);
}
