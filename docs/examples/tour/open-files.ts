/** Every connection is an open file; most systems have a limit on them. */

/** Besides the connections: modules, pipes, the terminal. */
const REST = 100;

/**
 * Whether so many connections can be open at once.
 *
 * @returns null if they can; else what to do.
 */
export function tooManyFiles(connections: number): string | null {
  const limit = openFilesLimit();
  const needed = connections + REST;
  if (limit === null || limit >= needed) return null;
  return (
    `${connections} connections need about ${needed} open files in each process, and the limit here is ${limit}: ` +
    `raise it (\`ulimit -Hn\` shows how far), or run with fewer, \`npm start -- --clients ${Math.max(1, limit - REST)}\``
  );
}

/** The limit in force; Node has raised the soft one to the hard one when it started. Null: none. */
function openFilesLimit(): number | null {
  const report = process.report.getReport() as unknown as {
    userLimits?: { open_files?: { soft: number | string } };
  };
  const soft = Number(report.userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? null : soft;
}
