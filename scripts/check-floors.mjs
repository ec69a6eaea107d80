/**
 * `npm run floors`: the stairs go one way. Holds imports (types and tests count) and manifests
 * (devDependencies count) against the table in `floors.mjs`; finds import cycles.
 * `node scripts/check-floors.mjs <folder>` checks another house with a table of its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { cruise } from 'dependency-cruiser';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));
const foldersFrom = (packages) => packages.map(({ folder }) => folder).join('|');

function survey(root, floors) {
  return floors.map(({ floor, package: folder }) => ({
    floor,
    folder,
    manifest: readJson(join(root, 'packages', folder, 'package.json')),
    tsconfig: readJson(join(root, 'packages', folder, 'tsconfig.json')),
  }));
}

/** The rules of dependency-cruiser that follow from the table. */
function rulesFor(packages) {
  const upstairs = packages.flatMap(({ folder, floor }) => {
    const forbidden = packages.filter((other) => other.folder !== folder && other.floor >= floor);
    if (forbidden.length === 0) return [];
    return {
      name: `${folder}-looks-down`,
      severity: 'error',
      from: { path: `^packages/${folder}/` },
      to: { path: `^packages/(${foldersFrom(forbidden)})/` },
    };
  });
  return [
    ...upstairs,
    {
      name: 'no-cycle',
      severity: 'error',
      from: { path: '^(.+)$' },
      // A file that imports itself ties no two files together: so a module gives its own namespace.
      to: { circular: true, pathNot: '^$1$' },
    },
    { name: 'import-is-there', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'through-the-front-door',
      severity: 'error',
      from: { path: '^packages/([^/]+)/' },
      to: {
        path: '^packages/',
        pathNot: ['^packages/$1/', '^packages/[^/]+/src/(index|py)\\.ts$'],
      },
    },
  ];
}

async function checkImports(root, packages) {
  const alias = {};
  for (const { folder, manifest } of packages) {
    for (const entry of Object.keys(manifest.exports).filter((key) => !key.endsWith('.json'))) {
      const file = entry === '.' ? 'index' : entry.slice(2);
      const specifier = manifest.name + entry.slice(1);
      alias[`${specifier}$`] = join(root, 'packages', folder, 'src', `${file}.ts`);
    }
  }
  const { output } = await cruise(
    packages
      .flatMap(({ folder }) => [`packages/${folder}/src`, `packages/${folder}/test`])
      .filter((folder) => existsSync(join(root, folder))),
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rulesFor(packages) },
      // Types count: an import that is gone after compilation still ties two files together.
      tsPreCompilationDeps: true,
      doNotFollow: { path: 'node_modules' },
    },
    { alias },
  );
  const problems = output.summary.violations.map(({ rule, from, to, cycle }) => {
    const way = cycle ? [from, ...cycle.map(({ name }) => name)].join(' -> ') : `${from} -> ${to}`;
    return `${rule.name}: ${way}`;
  });
  const ofFolder = new Map(packages.map((pkg) => [pkg.folder, pkg]));
  const owner = (file) => ofFolder.get(/^packages\/([^/]+)\//.exec(file)?.[1]);
  for (const { source, dependencies } of output.modules) {
    const from = owner(source);
    if (from === undefined) continue;
    const { manifest, folder } = from;
    const declared = source.startsWith(`packages/${folder}/src/`)
      ? manifest.dependencies
      : { ...manifest.dependencies, ...manifest.devDependencies };
    for (const { resolved } of dependencies) {
      const to = owner(resolved);
      if (to === undefined || to === from || declared?.[to.manifest.name]) continue;
      problems.push(`not-in-package-json: ${source} -> ${to.manifest.name}`);
    }
  }
  return { problems, imports: output.summary.totalDependenciesCruised };
}

function checkManifests(root, packages) {
  const problems = [];
  const { version } = readJson(join(root, 'lerna.json'));
  const byName = new Map(packages.map((pkg) => [pkg.manifest.name, pkg]));
  for (const { folder, floor, manifest, tsconfig } of packages) {
    if (manifest.version !== version) {
      problems.push(`one-version: ${folder} is ${manifest.version}, lerna.json says ${version}`);
    }
    for (const kind of ['dependencies', 'devDependencies', 'peerDependencies']) {
      for (const [name, wanted] of Object.entries(manifest[kind] ?? {})) {
        const other = byName.get(name);
        if (other === undefined) continue;
        if (other.floor >= floor) {
          problems.push(
            `manifest-looks-down: ${folder} (floor ${floor}) has ${other.folder} (floor ${other.floor}) in ${kind}`,
          );
        }
        if (wanted !== version) {
          problems.push(
            `one-version: ${folder} wants ${name} ${wanted}, lerna.json says ${version}`,
          );
        }
      }
    }
    const references = (tsconfig.references ?? []).map(({ path }) => path.replace('../', ''));
    const dependencies = Object.keys(manifest.dependencies ?? {})
      .filter((name) => byName.has(name))
      .map((name) => byName.get(name).folder);
    if ([...references].sort().join() !== [...dependencies].sort().join()) {
      problems.push(
        `references-are-dependencies: ${folder}/tsconfig.json has [${references}], package.json [${dependencies}]`,
      );
    }
  }
  return problems;
}

const root = resolve(process.argv[2] ?? fileURLToPath(new URL('..', import.meta.url)));
const { floors } = await import(pathToFileURL(join(root, 'scripts', 'floors.mjs')).href);
const packages = survey(root, floors);
const { problems, imports } = await checkImports(root, packages);
problems.push(...checkManifests(root, packages));
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
} else {
  console.log(`floors: ${packages.length} packages, ${imports} imports, all of them look down`);
}
