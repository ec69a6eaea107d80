import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

const hook = new URL('../../../scripts/hooks/ts-src.mjs', import.meta.url).href;
const script = fileURLToPath(new URL('./unclosed-child.ts', import.meta.url));

describe('a connection nobody can use any more', () => {
  test('is closed and warned of when its ends are collected [S307]', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', hook, script],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );
    expect(stdout).toBe('kept: open\nlet go: closed by the other side\n');
    expect(stderr).toMatch(/ResourceWarning: unclosed <SocketTransport open peer=127\.0\.0\.1:\d+/);
    expect(stderr.match(/ResourceWarning/g)).toHaveLength(1);
    expect(status).toBe(0);
  });
});
