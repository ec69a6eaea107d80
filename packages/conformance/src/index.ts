/**
 * What this package knows: CPython's word. Programs written twice, random programs, and the traces CPython gave for them.
 * What it does not: anything a user installs.
 */
export {};
