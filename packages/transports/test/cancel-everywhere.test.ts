/**
 * What opens sockets, interrupted at each place where it waits, in every manner: nobody is left listening, and no connection
 * is left open. The sockets are real; the clock of the virtual loop stands still meanwhile.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  cancelEverywhere,
  type InterruptedCheck,
  MANNERS,
  type Scene,
  type SceneBody,
  wait,
} from '@asyncio-ts/testing';
import {
  createConnection,
  createServer,
  createUnixConnection,
  createUnixServer,
  Protocol,
  type Server,
  type Transport,
} from '@asyncio-ts/transports';

/** A side that closes when the other one does, and is counted as long as it is open. */
let open = 0;
class Counted extends Protocol {
  override connectionMade(_transport: Transport): void {
    open++;
  }
  override connectionLost(): void {
    open--;
  }
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'asyncio-ts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One test for each kind. */
function everywhere(name: string, program: SceneBody<unknown>, check: InterruptedCheck): void {
  for (const kind of ['generator', 'async'] as const) {
    test(`${name}, cancelled everywhere [${kind}]`, async () => {
      const report = await cancelEverywhere(program, check, { kinds: [kind] });
      expect(report.interrupted).toBe((report.points[kind] ?? 0) * MANNERS.length);
    });
  }
}

/** Closes the server, and waits until the connections are gone. */
function* closed(server: Server, transport: Transport | null): Generator<unknown, void, unknown> {
  transport?.abort();
  server.close();
  yield* wait(server.waitClosed());
}

/** A connection that was left open would let this wait for ever. */
function* allGone(scene: Scene): Generator<unknown, void, unknown> {
  while (open > 0) yield* wait(scene.turn());
}

everywhere(
  'createServer and createConnection',
  function* ({ loop }) {
    open = 0;
    const server = yield* wait(createServer(loop, () => new Counted(), '127.0.0.1', 0));
    let transport: Transport | null = null;
    const [host, port] = server.sockets[0].getsockname();
    try {
      [transport] = yield* wait(createConnection(loop, () => new Counted(), host, port));
    } finally {
      yield* closed(server, transport);
    }
  },
  allGone,
);

everywhere(
  'createUnixServer and createUnixConnection',
  function* ({ loop }) {
    open = 0;
    const path = join(folder, 'everywhere.sock');
    const server = yield* wait(createUnixServer(loop, () => new Counted(), path));
    let transport: Transport | null = null;
    try {
      [transport] = yield* wait(createUnixConnection(loop, () => new Counted(), path));
    } finally {
      yield* closed(server, transport);
    }
  },
  function* (scene) {
    yield* allGone(scene);
    expect(existsSync(join(folder, 'everywhere.sock'))).toBe(false);
  },
);
