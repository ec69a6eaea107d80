import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const eslint = fileURLToPath(new URL('../../node_modules/eslint/bin/eslint.js', import.meta.url));

/** Messages of the linter for a text, as if it stood in the file. */
function lint(file: string, text: string): string[] {
  const { stdout } = spawnSync(
    process.execPath,
    [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'],
    { cwd: root, input: text, encoding: 'utf8' },
  );
  const [result] = JSON.parse(stdout) as [{ messages: { line: number; ruleId: string }[] }];
  return result.messages.map(({ line, ruleId }) => `${line} ${ruleId.replace(/^.*\//, '')}`);
}

const clocks = `import { performance as clock } from 'node:perf_hooks';
export const first = setTimeout(() => clock.now(), 1);
export const second = globalThis.setImmediate(() => process.nextTick(() => {}));
export const third = Date.now() + performance.now();
`;

describe('lint', () => {
  test('keeps Node’s clocks and queues out of the packages', () => {
    expect(lint('packages/loop/src/index.ts', clocks)).toEqual([
      '1 no-restricted-imports',
      '2 no-restricted-globals',
      '3 no-restricted-properties',
      '3 no-restricted-properties',
      '4 no-restricted-properties',
      '4 no-restricted-globals',
    ]);
  });

  test('lets the Node selector speak to them', () => {
    expect(lint('packages/loop/src/node-selector.ts', clocks)).toEqual([]);
  });

  test('keeps sockets, async functions and the words of upper floors out of the loop', () => {
    const text = `import { connect } from 'node:net';
export const open = async () => connect(1);
export const runTask = (afterMicrotasks: number) => afterMicrotasks;
`;
    expect(lint('packages/loop/src/index.ts', text)).toEqual([
      '1 no-restricted-imports',
      '2 no-restricted-syntax',
      '3 no-restricted-syntax',
    ]);
  });

  test('lets the loop know the type of a socket', () => {
    const text = `import type { Socket } from 'node:net';\nexport type Anything = Socket;\n`;
    expect(lint('packages/loop/src/index.ts', text)).toEqual([]);
  });
});
