import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The one file of the packages that says these words; everyone else asks the selector. */
const nodeSelector = 'packages/loop/src/node-selector.ts';

const oneDoor = 'Only packages/loop/src/node-selector.ts speaks to Node’s clock and queues.';
const schedulers = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'queueMicrotask',
  'performance',
];
const clocks = [
  ...schedulers.map((property) => ({ object: 'globalThis', property })),
  { object: 'process', property: 'nextTick' },
  { object: 'process', property: 'hrtime' },
  { object: 'Date', property: 'now' },
];
const timeModules = ['timers', 'timers/promises', 'perf_hooks'];
const socketModules = ['net', 'tls', 'dgram', 'dns', 'dns/promises'];
const workerModules = ['child_process', 'cluster', 'worker_threads'];

/** Both spellings of a Node module, with the reason it is kept out. */
const closed = (names, message, allowTypeImports = false) =>
  names
    .flatMap((name) => [name, `node:${name}`])
    .map((name) => ({ name, message, allowTypeImports }));

const noTime = closed(timeModules, oneDoor);
const noSockets = closed(socketModules, 'Sockets belong to packages/transports.');
const noWorkers = closed(
  workerModules,
  'Processes and threads belong to the package that is about them.',
);
const imports = (...paths) => ({
  '@typescript-eslint/no-restricted-imports': ['error', { paths: paths.flat() }],
});

const noAsyncFunction = {
  selector: ':function[async=true]',
  message:
    'The coroutines of this package are generator coroutines: any Task can drive them, also by hand and on virtual time.',
};
const noRoofWords = {
  // Microtasks and macrotasks are Node's, and the loop may name them.
  selector: 'Identifier[name=/Future|(?<![Mm]icro|[Mm]acro)Task/]',
  message: 'The ground does not know the roof: the loop has no word for futures and tasks.',
};

export default tseslint.config(
  {
    ignores: [
      '**/node_modules/',
      '**/dist/',
      '**/.types/',
      '**/.cache/',
      '**/coverage/',
      'docs/api/',
      'scripts/smoke/',
      'scripts/test/fixtures/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { globals: globals.node },
    rules: {
      // A coroutine that waits for nothing is still a coroutine.
      'require-yield': 'off',
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none' },
      ],
      // An empty callback is a callback that does nothing, and says so.
      '@typescript-eslint/no-empty-function': 'off',
      // A type is imported as one: at run time the import is not there.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      // An error's name lives on the prototype, as in the language itself.
      '@typescript-eslint/class-literal-property-style': 'off',
      // `T[]` and `Array<() => void>`: whichever reads better.
      '@typescript-eslint/array-type': 'off',
    },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      'no-console': 'error',
      // A room is seen from its door; a measured hot loop disables the rule and names its benchmark.
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      'no-restricted-globals': ['error', ...schedulers.map((name) => ({ name, message: oneDoor }))],
      'no-restricted-properties': [
        'error',
        ...clocks.map((clock) => ({ ...clock, message: oneDoor })),
      ],
      ...imports(noTime, noSockets, noWorkers),
    },
  },
  {
    files: ['packages/{loop,futures,tasks,sync}/src/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', noAsyncFunction] },
  },
  {
    files: ['packages/loop/src/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noAsyncFunction, noRoofWords],
      // The loop registers sockets; it makes none.
      ...imports(
        noTime,
        closed(socketModules, 'The loop knows sockets by their type only.', true),
        noWorkers,
      ),
    },
  },
  {
    // The one place that speaks to the outside.
    files: ['packages/loop/src/logger.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: [nodeSelector],
    rules: {
      'no-restricted-globals': 'off',
      'no-restricted-properties': 'off',
      ...imports(
        closed(socketModules, 'The loop knows sockets by their type only.', true),
        noWorkers,
      ),
    },
  },
  {
    files: ['packages/streams/src/**/*.ts'],
    rules: imports(
      noTime,
      closed(socketModules, 'The streams know sockets by their type only.', true),
      noWorkers,
    ),
  },
  {
    files: ['packages/transports/src/**/*.ts'],
    rules: imports(noTime, noWorkers),
  },
  {
    // It starts CPython, and processes whose memory it watches.
    files: ['packages/conformance/src/**/*.ts'],
    rules: imports(noTime, noSockets),
  },
);
