import { connect, type Socket } from 'node:net';

import { describe, expect, test } from '@jest/globals';

import { encode, kinds, onStage, type Stage, until } from './resp-wire.js';

// Five hundred clients over real sockets that push, block and vanish, in an order that a seed decides. What they do is
// bounded by a number of operations, not by time.

const CLIENTS = 500;
const OPERATIONS = 4000;
const QUEUES = ['q0', 'q1', 'q2', 'q3', 'q4'];

/** What a visitor may do, as often as it stands here. */
const WISHES = [...'bbbbbpp---'].map((wish) => ({ b: 'block', p: 'push' })[wish] ?? 'nothing');

/** Numbers from 0 to below `n`, the same ones for the same seed. */
function dice(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

/** A client that notes what it is given, up to its very end. */
class Visitor {
  readonly socket: Socket;
  readonly ended: Promise<void>;
  /** Whether it was told to block and has got no answer yet. */
  blocked = false;
  private _rest = '';
  private readonly _given: string[];

  constructor(port: number, given: string[]) {
    this._given = given;
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    this.socket.on('data', (chunk) => this._heard(chunk.toString('latin1')));
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      this.socket.once('end', () => this.socket.end());
      this.socket.once('close', () => resolve());
    });
  }

  push(queue: string, elements: readonly string[]): void {
    this.socket.write(encode('RPUSH', queue, ...elements));
  }

  block(queues: readonly string[], patience: number): void {
    this.blocked = true;
    this.socket.write(encode('BLPOP', ...queues, String(patience)));
  }

  /** Whatever was sent to it until the server learns of this is still received. */
  leave(): void {
    this.socket.end();
  }

  /** What was sent to it and has not arrived is gone. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  private _heard(text: string): void {
    const lines = (this._rest + text).split('\r\n');
    let at = 0;
    while (at < lines.length - 1) {
      const line = lines[at] as string;
      if (line.startsWith(':')) {
        at += 1;
        continue;
      }
      expect(['*2', '*-1']).toContain(line);
      if (line === '*2') {
        if (at + 5 >= lines.length) break;
        this._given.push(lines[at + 4] as string);
      }
      at += line === '*2' ? 5 : 1;
      this.blocked = false;
    }
    this._rest = lines.slice(at).join('\r\n');
  }
}

describe.each(kinds)('with %s handlers', (kind) => {
  test('whoever vanishes when: each element comes once, or is still there', () =>
    onStage({ kind }, async ({ server }) => {
      const roll = dice(42);
      const given: string[] = [];
      const everybody: Visitor[] = [];
      let visitors: Visitor[] = [];
      let operations = 0;
      let pushed = 0;
      let resets = 0;
      const queue = (): string => QUEUES[roll(QUEUES.length)] as string;

      while (operations < OPERATIONS) {
        while (visitors.length < CLIENTS) {
          const visitor = new Visitor(server.port, given);
          visitors.push(visitor);
          everybody.push(visitor);
        }
        // Blocking, pushing and leaving at the same time.
        const staying: Visitor[] = [];
        for (const visitor of visitors) {
          const what = operations === OPERATIONS || visitor.blocked ? 'nothing' : WISHES[roll(10)];
          if (what === 'block') {
            operations++;
            visitor.block([queue(), queue()], roll(3) === 0 ? 0.001 * (1 + roll(20)) : 0);
          } else if (what === 'push') {
            const elements = Array.from({ length: 1 + roll(2) }, () => `element ${pushed++}`);
            operations++;
            visitor.push(queue(), elements);
          }
          if (roll(6) === 0) visitor.leave();
          else staying.push(visitor);
        }
        visitors = staying;
        await until(() => server.commandsProcessed === operations && isQuiet(server, visitors));

        // What a reset tears out of the wire is lost with any server: so nothing is on its way to those that are reset.
        const blockedOnes = visitors.filter((visitor) => visitor.blocked);
        for (const visitor of blockedOnes) {
          if (roll(4) !== 0) continue;
          visitor.reset();
          resets++;
          visitors.splice(visitors.indexOf(visitor), 1);
        }
        await until(() => server.clients.size === visitors.length);
      }

      expect(resets).toBeGreaterThan(100);
      expect(pushed).toBeGreaterThan(1000);
      // Everybody leaves, some with a last element: not all of those find a taker.
      for (const visitor of visitors) {
        if (!visitor.blocked) visitor.push(queue(), [`element ${pushed++}`]);
        visitor.leave();
      }
      await Promise.all(everybody.map((visitor) => visitor.ended));
      await until(() => server.clients.size === 0);
      const left = QUEUES.flatMap((name) => server.store.getList(name)?.slice() ?? []);
      const sorted = (elements: string[]) =>
        elements.map((element) => Number(element.slice('element '.length))).sort((a, b) => a - b);
      expect(sorted([...given, ...left])).toEqual(Array.from({ length: pushed }, (_, i) => i));
      expect(given.length).toBeGreaterThan(1000);
      expect(left.length).toBeGreaterThan(10);
      // Nobody is remembered who waited.
      expect(Reflect.get(server.lists, '_lines')).toEqual(new Map());
    }));
});

/** Whoever left is gone, and whoever is answered has the answer: nothing is on its way. */
function isQuiet({ clients }: Stage['server'], visitors: readonly Visitor[]): boolean {
  const blocked = [...clients].filter((client) => client.blocked !== null).length;
  return (
    clients.size === visitors.length &&
    blocked === visitors.filter((visitor) => visitor.blocked).length
  );
}
