import { describe, expect, test } from '@jest/globals';

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

function pagesUnder(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (path === join('docs', 'api') || /^(\.|node_modules$|dist$)/.test(entry.name)) return [];
    if (entry.isDirectory()) return pagesUnder(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** A page without its code: what looks like a link there is none. */
const prose = (page: string) =>
  readFileSync(join(root, page), 'utf8')
    .replace(/^(\s*)(`{3,})[^]*?^\1\2$/gm, '')
    .replace(/`[^`\n]*`/g, '');

/** The names code hosts give to headings. */
function anchorsOf(page: string): Set<string> {
  const text = readFileSync(page, 'utf8').replace(/^```[^]*?^```$/gm, '');
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading as string);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** What is wrong with a link of a page, or null. */
function problem(page: string, target: string): string | null {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? join(root, page) : resolve(root, dirname(page), decodeURI(path));
  if (!existsSync(file)) return `${target}: there is no ${relative(root, file)}`;
  if (anchor === undefined || !statSync(file).isFile() || !file.endsWith('.md')) return null;
  return anchorsOf(file).has(anchor) ? null : `${target}: it has no such heading`;
}

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...pagesUnder('docs'),
  ...pagesUnder('packages'),
];

describe('the links of a page lead somewhere', () => {
  test.each(pages)('%s', (page) => {
    const links = [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link as string);
    const local = links.filter((link) => !/^[a-z]+:/.test(link));
    expect(local.flatMap((link) => problem(page, link) ?? [])).toEqual([]);
  });
});
