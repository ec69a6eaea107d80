/**
 * `transfer.ts <port> send|receive`: connects, and sends what `pattern` gives for ever, or receives for ever. It waits to be
 * killed.
 */
import { connect } from 'node:net';

import { pattern } from '../pattern.js';

const [, , port, manner] = process.argv;

const socket = connect(Number(port), '127.0.0.1');
socket.on('error', () => undefined);
if (manner === 'send') {
  let sent = 0;
  const more = (): void => {
    const piece = pattern(sent, 64 * 1024);
    sent += piece.length;
    socket.write(piece, more);
  };
  more();
} else {
  socket.resume();
}
