/**
 * `npm run test:nodes -- <version> ... [-- jest arguments]`: the suite on other versions of Node, one after the other.
 *
 * A version is a major (`22`: the newest release of it), an exact one (`24.21.0`) or `newest`. Each comes from the npm package
 * `node` into a folder under `.cache/`, never into a manifest. Ends with a table and, as `npm test` does, with the totals, of
 * all of them together; exit code 1 if one fails.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './house.mjs';

const cache = join(root, '.cache', 'nodes');
const totalsLine = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

/** Versions in the order of releases: `9.1.0` before `10.0.0`. */
function byRelease(one, other) {
  const [a, b] = [one, other].map((version) => version.split('.').map(Number));
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** The exact version that is meant. */
export function resolveVersion(wanted, published) {
  const releases = published
    .filter((version) => /^\d+\.\d+\.\d+$/.test(version))
    .sort(byRelease)
    .filter((version) => wanted === 'newest' || `${version}.`.startsWith(`${wanted}.`));
  const version = releases.at(-1);
  if (version === undefined) throw new Error(`The npm package node has no release ${wanted}`);
  return version;
}

/** The totals a run of `scripts/test.mjs` printed last; null when it printed none. */
export function totalsIn(output) {
  const last = [...output.matchAll(totalsLine)].at(-1);
  if (last === undefined) return null;
  const [passed, failed, skipped] = last.slice(1).map(Number);
  return { passed, failed, skipped };
}

const npm = (...args) => execFileSync('npm', args, { encoding: 'utf8', cwd: root });

/** The folder of a version's `node`, installed if it is not there yet. */
function install(version) {
  const folder = join(cache, version);
  const bin = join(folder, 'node_modules', 'node', 'bin');
  if (!answers(bin, version)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    npm('install', '--silent', '--no-save', '--prefix', folder, `node@${version}`);
    if (!answers(bin, version)) throw new Error(`Node ${version} was installed and does not run`);
  }
  return bin;
}

function answers(bin, version) {
  const node = join(bin, 'node');
  return (
    existsSync(node) && execFileSync(node, ['--version'], { encoding: 'utf8' }) === `v${version}\n`
  );
}

/** The suite on one version, shown as it runs. */
function run(version, bin, args) {
  const start = process.hrtime.bigint();
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  const child = spawn(join(bin, 'node'), [join(root, 'scripts', 'test.mjs'), ...args], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (stream, to) =>
    stream.setEncoding('utf8').on('data', (text) => {
      output += text;
      to.write(text);
    });
  keep(child.stdout, process.stdout);
  keep(child.stderr, process.stderr);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = Math.round(Number(process.hrtime.bigint() - start) / 1e9);
      resolve({ version, code, seconds, totals: totalsIn(output) });
    });
  });
}

/** Whether a run counts as passed: also a suite that ended without counting anything has failed. */
export const hasPassed = ({ code, totals }) =>
  code === 0 && totals !== null && totals.passed > 0 && totals.failed === 0;

/** One line per version. */
export function table(results) {
  return results.map((result) => {
    const { version, seconds, totals } = result;
    const count = (n) => String(n ?? '?').padStart(7);
    return [
      `Node ${version}`.padEnd(14),
      count(totals?.passed),
      count(totals?.failed),
      count(totals?.skipped),
      `${seconds} s`.padStart(7),
      hasPassed(result) ? '  ok' : '  FAILED',
    ].join(' ');
  });
}

async function main(argv) {
  const behind = argv.indexOf('--');
  const wanted = behind < 0 ? argv : argv.slice(0, behind);
  const args = behind < 0 ? [] : argv.slice(behind + 1);
  if (
    wanted.length === 0 ||
    wanted.some((version) => !/^(\d+(\.\d+){0,2}|newest)$/.test(version))
  ) {
    console.error('usage: npm run test:nodes -- <22 | 24.21.0 | newest> ... [-- jest arguments]');
    return 2;
  }
  const published = JSON.parse(npm('view', 'node', 'versions', '--json', '--silent'));
  const results = [];
  for (const one of wanted) {
    const version = resolveVersion(one, published);
    const bin = install(version);
    console.log(`\nNode ${version}`);
    results.push(await run(version, bin, args));
  }
  const heading = ['', 'passed', 'failed', 'skipped', 'time'];
  const [first, passed, failed, skipped, time] = heading;
  console.log(
    `\n${first.padEnd(14)} ${passed.padStart(7)} ${failed.padStart(7)} ${skipped.padStart(7)} ${time.padStart(7)}`,
  );
  for (const line of table(results)) console.log(line);
  const sum = (key) => results.reduce((total, { totals }) => total + (totals?.[key] ?? 0), 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
  return results.every(hasPassed) ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2));
}
