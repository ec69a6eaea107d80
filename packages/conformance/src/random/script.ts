/** Programs as scripts that run by themselves, from the root of the repository. */
import { library } from './play.js';
import type { Mode, Program } from './program.js';
import { toPython } from './python.js';
import { toTypeScript } from './typescript.js';
import { World } from './world.js';

export function pythonScript(program: Program): string {
  const { table, eager, rescue } = program;
  return [
    '# PYTHONPATH=packages/conformance/python/random python3.13 program.py',
    'import json',
    'from world import run',
    '',
    toPython(program),
    `settings = json.loads('${JSON.stringify({ table, eager, rescue })}')`,
    'print(*run(program, **settings), sep="\\n")',
    '',
  ].join('\n');
}

export function typeScriptScript(program: Program, mode: Mode): string {
  const { table, eager, rescue } = program;
  const source = toTypeScript(program, mode);
  const world = new World(table, rescue);
  const known = Object.keys({ ...library, ...world.names() });
  world.loop.close();
  const used = known.filter((name) => new RegExp(`\\b${name}\\b`).test(source));
  return [
    '// node --import ./scripts/hooks/ts-src.mjs program.ts',
    "import { open } from './packages/conformance/src/random/play.ts';",
    '',
    `const { run, names } = open(${JSON.stringify({ table, eager, rescue })});`,
    `const { ${used.join(', ')} } = names;`,
    '',
    source,
    "console.log((await run(program())).join('\\n'));",
    '',
  ].join('\n');
}
