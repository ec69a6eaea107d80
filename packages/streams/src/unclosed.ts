/**
 * Connections nobody can use any more.
 *
 * A protocol holds its reader weakly, reader and writer hold each other. So when a program lets go of both without closing
 * them they are collected, and then the connection is closed and the program is told, as Python does.
 */
import { inspect } from 'node:util';

import type { Transport } from '@asyncio-ts/transports';

const collected = /* @__PURE__ */ new FinalizationRegistry<Transport>((transport) => {
  if (transport.isClosing()) return;
  process.emitWarning(
    `unclosed ${inspect(transport)}: its reader and writer were collected; close the writer`,
    'ResourceWarning',
  );
  transport.close();
});

/** @internal Closes the transport if the writer is collected before that was done. */
export function watchUnclosed(writer: object, transport: Transport): void {
  collected.register(writer, transport);
}
