/** How many times Node's socket is written to: what is written in one turn goes to the system as one piece. */
import { Socket } from 'node:net';

import { expect, jest, test } from '@jest/globals';
import { scenes, wait } from '@asyncio-ts/testing';
import { openConnection, startServer, type StreamReader } from '@asyncio-ts/streams';

const scene = scenes(test, { selectors: ['node'] });

/** What sockets are told to send, call by call. */
function watchWrites(): { readonly lengths: number[]; stop(): void } {
  const lengths: number[] = [];
  const prototype = Socket.prototype as unknown as {
    _writeGeneric(many: boolean, data: Uint8Array | readonly unknown[], ...rest: unknown[]): void;
  };
  const { _writeGeneric: original } = prototype;
  const spy = jest.spyOn(prototype, '_writeGeneric').mockImplementation(function (
    this: unknown,
    many,
    data,
    ...rest
  ) {
    lengths.push(many ? -1 : (data as Uint8Array).length);
    original.call(this as never, many, data, ...rest);
  });
  return { lengths, stop: () => spy.mockRestore() };
}

scene('small writes of one turn are one system call', function* (t) {
  const accepted = t.future<StreamReader>();
  const server = yield* wait(startServer((reader) => accepted.setResult(reader), '127.0.0.1', 0));
  const [, writer] = yield* wait(openConnection(...server.sockets[0].getsockname()));
  const reader = yield* wait(accepted);
  const writes = watchWrites();
  for (let turn = 0; turn < 3; turn++) {
    for (let i = 0; i < 100; i++) writer.write(Buffer.from(`line ${i % 10}\n`));
    writer.writelines([Buffer.from('and '), Buffer.from('more\n')]);
    yield* wait(writer.drain());
    yield* wait(t.turn());
  }
  const first = yield* wait(reader.readexactly(3 * 709));
  expect(writes.lengths).toEqual([709, 709, 709]);

  // What several tasks write in one turn goes together as well, and in order.
  const tasks = ['a', 'b', 'c'].map((letter) =>
    t.task(function* () {
      writer.write(Buffer.from(letter));
      yield* wait(writer.drain());
    }),
  );
  for (const task of tasks) yield* wait(task);
  expect((yield* wait(reader.readexactly(3))).toString()).toBe('abc');
  expect(writes.lengths.slice(3)).toEqual([3]);
  writes.stop();
  expect(first.toString().split('and more').length).toBe(4);
  writer.close();
  server.closeClients();
  server.close();
  yield* wait(server.waitClosed());
});
