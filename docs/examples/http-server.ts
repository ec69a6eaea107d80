/**
 * Coroutines of both kinds on Node's own `http` server: each request is a task, cancelled when its client goes away, limited in
 * time, and finished before the server stops.
 *
 *   node scripts/run-ts.mjs docs/examples/http-server.ts --port 8080 --timeout 10 --upstream https://example.com
 *   curl 'http://127.0.0.1:8080/slow?seconds=3'      # press Ctrl-C here: the server says `left /slow`
 *
 * `http/requests.ts` is the piece to copy.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { routes } from './http/routes.js';
import { serve } from './http/serve.js';

export { Requests, type RequestsOptions, type Route } from './http/requests.js';

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      port: { type: 'string', default: '8080' },
      timeout: { type: 'string', default: '10' },
      patience: { type: 'string', default: '5' },
      upstream: { type: 'string' },
    },
  });
  await serve(routes(values.upstream ?? null), {
    host: values.host,
    port: Number(values.port),
    timeout: Number(values.timeout),
    patience: Number(values.patience),
  });
}
