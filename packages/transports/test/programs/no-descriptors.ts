/** Uses all descriptors it may have, and tells what becomes of its server; a child of its own connects to it. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';

import { BaseEventLoop } from '@asyncio-ts/loop';
import { runUntilComplete } from '@asyncio-ts/futures';
import { createConnection, createServer, Protocol, type Transport } from '@asyncio-ts/transports';

class Echo extends Protocol {
  private transport!: Transport;
  override connectionMade(transport: Transport): void {
    this.transport = transport;
  }
  override dataReceived(data: Buffer): void {
    this.transport.write(data);
  }
}

if (process.argv[2] === 'client') client();
else await serve();

/** For each message: connects, and says what came back. */
function client(): void {
  process.on('message', (port: number) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('echo'));
    let got = 'dropped';
    socket.on('data', (data) => {
      got = String(data);
      socket.end();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => process.send?.(got));
  });
}

async function serve(): Promise<void> {
  const child = fork(import.meta.filename, ['client'], { execArgv: process.execArgv });
  const loop = new BaseEventLoop();
  const server = await runUntilComplete(
    loop,
    createServer(loop, () => new Echo(), '127.0.0.1', 0),
  );
  const running = loop.runForever();
  const [, port] = server.sockets[0].getsockname();
  const ask = async (): Promise<string> => {
    child.send(port);
    const [answer] = (await once(child, 'message')) as [string];
    return answer;
  };
  console.log(`before: ${await ask()}`);
  const used: number[] = [];
  try {
    for (;;) used.push(openSync('/dev/null', 'r'));
  } catch {
    // now there is none left
  }
  try {
    const [transport] = await createConnection(loop, () => new Protocol(), '127.0.0.1', port);
    transport.abort();
  } catch (error) {
    console.log(`connecting without a descriptor: ${(error as { code: string }).code}`);
  }
  console.log(await ask());
  for (const fd of used) closeSync(fd);
  console.log(`after: ${await ask()}`);
  child.disconnect();
  server.close();
  loop.stop();
  await running;
  loop.close();
}
