/**
 * The stairs of the house, lowest first. A package may know packages on lower floors only;
 * packages on one floor never know each other. Everything that walks over the packages
 * (build, floors check, smoke test) reads this table and no other.
 *
 * A new package: copy the package.json, tsconfig.json and README.md of a neighbour, add one row here.
 */
export const floors = [
  { floor: 0, package: 'loop' },
  { floor: 1, package: 'futures' },
  { floor: 2, package: 'tasks' },
  { floor: 3, package: 'testing' },
  { floor: 4, package: 'sync' },
  { floor: 4, package: 'transports' },
  { floor: 5, package: 'streams' },
  { floor: 6, package: 'asyncio' },
  { floor: 7, package: 'conformance' },
];
