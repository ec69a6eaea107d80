/** `npm run pack [-- <folder>]`: builds what changed and packs every published package into a folder (default: here). */
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';
import { packages, root } from './house.mjs';

/** Packs the packages as they are built. @returns the tarballs by package name. */
export function pack(folder) {
  const published = packages.filter(({ manifest }) => !manifest.private);
  const workspaces = published.flatMap(({ folder: name }) => ['-w', `packages/${name}`]);
  const { status, stdout, stderr, error } = spawnSync(
    'npm',
    ['pack', '--json', '--pack-destination', folder, ...workspaces],
    { cwd: root, encoding: 'utf8' },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`npm pack failed\n${stdout}${stderr}`);
  const made = Object.values(JSON.parse(stdout));
  return new Map(made.map(({ name, filename }) => [name, join(folder, basename(filename))]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build({ quiet: true });
  for (const file of pack(process.argv[2] ?? process.cwd()).values()) console.log(file);
}
