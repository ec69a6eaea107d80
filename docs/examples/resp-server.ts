/**
 * An in-memory server of the Redis protocol that `redis-cli`, `redis-benchmark` and client libraries accept. One coroutine
 * per connection; the same handlers once as generator coroutines and once as async functions.
 *
 *   node scripts/run-ts.mjs docs/examples/resp-server.ts --port 6379 --kind async
 *   redis-cli -p 6379
 *
 * Begin to read at `resp/generator-handlers.ts` (or `resp/async-handlers.ts`): what waits. `resp/client.ts` is what does not,
 * `resp/*-commands.ts` what can be asked.
 */
import { fileURLToPath } from 'node:url';

import { main } from './resp/main.js';

export type { Limits } from './resp/limits.js';
export { main, serve, type ServeOptions } from './resp/main.js';
export {
  type HandlerKind,
  handlers,
  type RespServer,
  type RespServerOptions,
  startRespServer,
} from './resp/server.js';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2));
}
