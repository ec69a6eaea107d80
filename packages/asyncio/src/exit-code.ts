import { isPythonBaseException, type SystemExit } from '@asyncio-ts/loop';

/** What a shell expects of a program that Ctrl-C ended: 128 and the number of SIGINT. */
const INTERRUPTED = 130;

let watching = false;

/**
 * @internal A run is about to reject with a `KeyboardInterrupt` or a `SystemExit`: if the program lets it through to the
 * end, the process ends with Python's exit code (130, or the code asked for) in place of Node's 1.
 *
 * It only looks: Node prints the error as ever, and a program that catches it ends as it likes.
 */
export function watchExit(error: unknown): void {
  if (watching || exitCodeOf(error) === null) return;
  watching = true;
  process.on('uncaughtExceptionMonitor', (uncaught: unknown) => {
    const code = exitCodeOf(uncaught);
    // Node sets its own code after the monitor was called and before 'exit' is emitted.
    if (code !== null) process.once('exit', () => (process.exitCode = code));
  });
}

function exitCodeOf(error: unknown): number | null {
  if (!isPythonBaseException(error)) return null;
  const { name, code } = error as SystemExit;
  if (name === 'KeyboardInterrupt') return INTERRUPTED;
  return name === 'SystemExit' ? code : null;
}
