/**
 * `npm run faults [-- --connections <n>] [jest arguments]`: the tests of faults, with as many connections at once as asked for
 * (500 if nobody asks). Each needs a file descriptor here, and one in the process of the peers.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const words = process.argv.slice(2);
const at = words.indexOf('--connections');
const [, connections = '500'] = at < 0 ? [] : words.splice(at, 2);
if (!/^[1-9]\d*$/.test(connections)) {
  console.error('usage: npm run faults -- [--connections <n>] [jest arguments]');
  process.exit(2);
}

const child = spawn(
  process.execPath,
  [fileURLToPath(new URL('test.mjs', import.meta.url)), 'packages/streams/test/faults-', ...words],
  { stdio: 'inherit', env: { ...process.env, FAULTS_CONNECTIONS: connections } },
);
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 1 : code;
});
