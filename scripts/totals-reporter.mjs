import { writeFileSync } from 'node:fs';

/** Hands jest's totals to `scripts/test.mjs`, which prints them as the last line of the run. */
export default class TotalsReporter {
  onRunComplete(_contexts, results) {
    const file = process.env.JEST_TOTALS_FILE;
    if (file === undefined) return;
    const totals = {
      passed: results.numPassedTests,
      // A file that could not be run holds tests that nobody counted: it fails as one.
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests + results.numTodoTests,
    };
    writeFileSync(file, JSON.stringify(totals));
  }
}
