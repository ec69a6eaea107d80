/**
 * Tests run against the sources of the packages, one file at a time (no type check: that is
 * `npm run types`), as ES modules. `npm test` starts jest with the Node flag that needs.
 *
 * @type {import('jest').Config}
 */
export default {
  testEnvironment: 'node',
  testMatch: [
    '<rootDir>/packages/*/test/**/*.test.ts',
    '<rootDir>/docs/test/**/*.test.ts',
    '<rootDir>/benchmarks/test/**/*.test.ts',
    '<rootDir>/scripts/test/**/*.test.ts',
  ],
  passWithNoTests: true,
  injectGlobals: false,
  extensionsToTreatAsEsm: ['.ts'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  transform: {
    '^.+\\.ts$': ['ts-jest', { useESM: true, tsconfig: '<rootDir>/tsconfig.json' }],
  },
  moduleNameMapper: {
    '^@asyncio-ts/([^/]+)$': '<rootDir>/packages/$1/src/index.ts',
    '^asyncio-ts$': '<rootDir>/packages/asyncio/src/index.ts',
    '^asyncio-ts/py$': '<rootDir>/packages/asyncio/src/py.ts',
    // NodeNext imports name the file that will be there (`./handle.js`); the test reads `./handle.ts`.
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/packages/[^/]+/dist/', '/\\.cache/', '/\\.types/'],
  maxWorkers: '100%',
  // A busy machine is no failure: tests that start a process of their own may wait for it.
  testTimeout: 30_000,
  reporters: ['default', '<rootDir>/scripts/totals-reporter.mjs'],
};
