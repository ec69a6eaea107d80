import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

import type { BaseEventLoop, TimerHandle } from '@asyncio-ts/loop';

import { asOSError } from './as-os-error.js';
import { ignoreErrors } from './node-listeners.js';
import type { Outcome } from './node-wait.js';
import { ConnectionAbortedError, ConnectionResetError } from './os-error.js';
import { isVerifyCode, verificationError } from './ssl-error.js';
import type { TlsSide } from './tls-options.js';

/**
 * The begin of TLS over a socket that is connected: both sides agree, and verify who the other is.
 *
 * Node's TLS socket takes the handle of the plain one, which must be left alone from then on; what the plain one has read or
 * written already comes first. Whatever goes wrong, the plain socket is destroyed before it is told.
 */
export class TlsHandshake {
  private readonly _socket: Socket;
  private readonly _side: TlsSide;
  private readonly _outcome: Outcome<TLSSocket>;
  private readonly _timer: TimerHandle;
  private _settled = false;

  constructor(loop: BaseEventLoop, socket: Socket, side: TlsSide, outcome: Outcome<TLSSocket>) {
    this._socket = socket;
    this._side = side;
    this._outcome = outcome;
    this._timer = loop.callLater(side.handshakeTimeout, () => this._tooLate());
    ignoreErrors(socket);
    if (socket.destroyed || socket.readableEnded) {
      this._fail(new ConnectionResetError('The peer is gone before the TLS handshake'));
    } else if (side.serverSide) this._accept();
    else this._connect();
  }

  private _accept(): void {
    // The TLS socket takes this over: a peer that ends before the handshake is done is gone, and Node tells us so.
    this._socket.allowHalfOpen = false;
    this._side.context._accept(this._socket, {
      secure: (secure) => this._accepted(secure),
      failed: (error, secure) => this._refused(error, secure),
    });
  }

  private _accepted(secure: TLSSocket): void {
    const refused = secure.authorizationError as Error | string | null | undefined;
    // A certificate was asked for and need not be there; if it is, it must be good.
    const shown = this._side.context.verifyMode === 'CERT_OPTIONAL' && hasPeerCertificate(secure);
    if (shown && refused) this._refused(new Error('refused'), secure);
    else this._done(secure);
  }

  private _refused(error: Error, secure: TLSSocket): void {
    const code = secure.authorizationError as unknown;
    const verified = typeof code === 'string' && isVerifyCode(code);
    this._fail(verified ? verificationError(code, verifyMessage(code), error) : failure(error));
  }

  private _connect(): void {
    const { context, serverHostname } = this._side;
    const options: ConnectionOptions = {
      socket: this._socket,
      secureContext: context._secureContext(),
      rejectUnauthorized: context.verifyMode !== 'CERT_NONE',
      checkServerIdentity: (_host, certificate) =>
        context.checkHostname && serverHostname !== null
          ? checkServerIdentity(serverHostname, certificate)
          : undefined,
    };
    // A number is no name to ask for (RFC 6066).
    if (serverHostname !== null && isIP(serverHostname) === 0) options.servername = serverHostname;
    if (context._alpn !== undefined) options.ALPNProtocols = context._alpn;
    const secure = connect(options);
    secure.on('error', (error) => this._fail(failure(error)));
    secure.once('secureConnect', () => this._done(secure));
    secure.once('close', () => this._fail(new ConnectionResetError(RESET)));
  }

  private _done(secure: TLSSocket): void {
    if (this._settled) return;
    this._settle();
    ignoreErrors(secure);
    // What is written when the end of the peer is told still goes out.
    secure.allowHalfOpen = true;
    this._outcome.done(secure);
  }

  private _fail(error: Error): void {
    if (this._settled) return;
    this.abort();
    this._outcome.failed(error);
  }

  private _tooLate(): void {
    const { handshakeTimeout } = this._side;
    this._fail(
      new ConnectionAbortedError(
        `SSL handshake is taking longer than ${handshakeTimeout} seconds: aborting the connection`,
      ),
    );
  }

  /** Gives up, without a word. */
  abort(): void {
    this._settle();
    this._socket.destroy();
  }

  private _settle(): void {
    this._settled = true;
    this._timer.cancel();
  }
}

const RESET = 'The connection was closed before the TLS handshake was done';

function failure(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ECONNRESET'
    ? new ConnectionResetError(RESET, { code, cause: error })
    : asOSError(error);
}

function verifyMessage(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function hasPeerCertificate(secure: TLSSocket): boolean {
  const certificate = secure.getPeerCertificate() as object | null;
  return certificate !== null && Object.keys(certificate).length > 0;
}
