import { readFileSync } from 'node:fs';
import {
  createSecureContext,
  createServer,
  rootCertificates,
  type SecureContext,
  type SecureContextOptions,
  type SecureVersion,
  type Server,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls';
import { inspect } from 'node:util';

import { ValueError } from '@asyncio-ts/loop';

/** Which side of a connection a context is for. */
export type SSLProtocol = 'PROTOCOL_TLS_CLIENT' | 'PROTOCOL_TLS_SERVER';

/** What becomes of the peer's certificate: not looked at; looked at if there is one; asked for and verified. */
export type VerifyMode = 'CERT_NONE' | 'CERT_OPTIONAL' | 'CERT_REQUIRED';

/** Certificates of authorities. */
export interface VerifyLocations {
  /** A file of them, in PEM. */
  readonly cafile?: string | URL | null;
  /** They themselves, in PEM. */
  readonly cadata?: string | Uint8Array | null;
}

/** The parts of a certificate chain that are not in its file. */
export interface CertChainOptions {
  /** The file of the private key, in PEM. Default: it is in the file of the certificate. */
  readonly keyfile?: string | URL | null;
  /** What the key is encrypted with. */
  readonly password?: string | null;
}

/** @internal Who is told how a connection became, at the server's side. */
export interface Accepting {
  secure(socket: TLSSocket): void;
  failed(error: Error, socket: TLSSocket): void;
}

/**
 * What the TLS connections of one kind have in common: whom they trust, who they are, what they speak.
 *
 * Mirrors Python's `ssl.SSLContext`, over Node's secure contexts: all options of `tls.createSecureContext` (`key`, `cert`,
 * `ca`, `ciphers`, ...) can be given. A change counts for the connections made after it. For usual needs take
 * `createDefaultContext`.
 *
 * A context for clients verifies the server and its name, and trusts nobody before `loadVerifyLocations`, `loadDefaultCerts` or
 * the option `ca` says whom.
 *
 * @example
 * ```ts
 * import { SSLContext } from '@asyncio-ts/transports';
 *
 * const context = new SSLContext('PROTOCOL_TLS_CLIENT');
 * console.log(context.verifyMode, context.checkHostname); // CERT_REQUIRED true
 * context.setAlpnProtocols(['http/1.1']);
 * context.minimumVersion = 'TLSv1.3';
 * ```
 */
export class SSLContext {
  /** Which side it is for. */
  readonly protocol: SSLProtocol;
  private _verifyMode: VerifyMode;
  private _checkHostname: boolean;
  private _options: SecureContextOptions;
  private _authorities: (string | Uint8Array)[];
  private _defaultCerts = false;
  private _alpnProtocols: readonly string[] = [];
  private _sniCallback: ((serverName: string) => SSLContext | null) | null = null;
  /** Made when needed, dropped when something changes. */
  private _secure: SecureContext | null = null;
  private _server: Server | null = null;
  private readonly _accepting = new WeakMap<object, Accepting>();

  /**
   * @param protocol - for which side
   * @param options - of Node's `tls.createSecureContext`
   */
  constructor(protocol: SSLProtocol, options: SecureContextOptions = {}) {
    this.protocol = protocol;
    const { ca, ...others } = options;
    this._options = others;
    this._authorities = ca === undefined ? [] : [ca].flat();
    this._checkHostname = protocol === 'PROTOCOL_TLS_CLIENT';
    this._verifyMode = this._checkHostname ? 'CERT_REQUIRED' : 'CERT_NONE';
  }

  /** What becomes of the peer's certificate. @throws ValueError for `'CERT_NONE'` while `checkHostname` is on. */
  get verifyMode(): VerifyMode {
    return this._verifyMode;
  }

  set verifyMode(mode: VerifyMode) {
    if (mode === 'CERT_NONE' && this._checkHostname) {
      throw new ValueError('Cannot set verifyMode to CERT_NONE when checkHostname is enabled');
    }
    this._verifyMode = mode;
    this._changed();
  }

  /** Whether the certificate must be made for the host one connects to. Switched on, it makes `verifyMode` `'CERT_REQUIRED'`. */
  get checkHostname(): boolean {
    return this._checkHostname;
  }

  set checkHostname(on: boolean) {
    this._checkHostname = on;
    if (on && this._verifyMode === 'CERT_NONE') this.verifyMode = 'CERT_REQUIRED';
  }

  /** The lowest version that is spoken; null: Node's default. */
  get minimumVersion(): SecureVersion | null {
    return this._options.minVersion ?? null;
  }

  set minimumVersion(version: SecureVersion | null) {
    this._change({ minVersion: version ?? undefined });
  }

  /** The highest version that is spoken; null: Node's default. */
  get maximumVersion(): SecureVersion | null {
    return this._options.maxVersion ?? null;
  }

  set maximumVersion(version: SecureVersion | null) {
    this._change({ maxVersion: version ?? undefined });
  }

  /** A server's choice of another context by the name the client asks for; null, or what returns null: this one. */
  get sniCallback(): ((serverName: string) => SSLContext | null) | null {
    return this._sniCallback;
  }

  set sniCallback(callback: ((serverName: string) => SSLContext | null) | null) {
    this._sniCallback = callback;
    this._changed();
  }

  /**
   * Loads the certificate this side shows, with its chain, and its private key. The files are read at once.
   *
   * @param certfile - in PEM
   *
   * @example
   * ```ts
   * import { SSLContext } from '@asyncio-ts/transports';
   *
   * export function forServers(certfile: string, keyfile: string): SSLContext {
   *   const context = new SSLContext('PROTOCOL_TLS_SERVER');
   *   context.loadCertChain(certfile, { keyfile });
   *   context.maximumVersion = 'TLSv1.3';
   *   context.setCiphers('HIGH:!aNULL');
   *   context.sniCallback = (name) => (name === 'other.example' ? new SSLContext(context.protocol) : null);
   *   return context;
   * }
   * ```
   */
  loadCertChain(certfile: string | URL, options: CertChainOptions = {}): void {
    const { keyfile, password } = options;
    const cert = readFileSync(certfile);
    const key = keyfile == null ? cert : readFileSync(keyfile);
    this._change({ cert, key, passphrase: password ?? undefined });
  }

  /**
   * Trusts the authorities given, in addition.
   *
   * @throws TypeError when none is given.
   *
   * @example
   * ```ts
   * import { SSLContext } from '@asyncio-ts/transports';
   *
   * export function trusting(authority: string): SSLContext {
   *   const context = new SSLContext('PROTOCOL_TLS_CLIENT');
   *   context.loadVerifyLocations({ cadata: authority });
   *   context.loadDefaultCerts(); // and those of Node
   *   return context;
   * }
   * ```
   */
  loadVerifyLocations({ cafile = null, cadata = null }: VerifyLocations): void {
    if (cafile === null && cadata === null) {
      throw new TypeError('Cannot load verify locations: neither cafile nor cadata was given');
    }
    if (cafile !== null) this._authorities.push(readFileSync(cafile));
    if (cadata !== null) this._authorities.push(cadata);
    this._changed();
  }

  /** Trusts the authorities Node trusts, in addition. */
  loadDefaultCerts(): void {
    this._defaultCerts = true;
    this._changed();
  }

  /** Sets the protocols that are offered, the best first: `['h2', 'http/1.1']`. */
  setAlpnProtocols(protocols: readonly string[]): void {
    this._alpnProtocols = [...protocols];
    this._changed();
  }

  /** Sets the ciphers that may be used, in OpenSSL's format. */
  setCiphers(ciphers: string): void {
    this._change({ ciphers });
  }

  private _change(options: {
    [Name in keyof SecureContextOptions]: SecureContextOptions[Name] | undefined;
  }): void {
    const changed = Object.entries({ ...this._options, ...options });
    this._options = Object.fromEntries(changed.filter(([, value]) => value !== undefined));
    this._changed();
  }

  private _changed(): void {
    this._secure = this._server = null;
  }

  /** @internal */
  get _alpn(): string[] | undefined {
    return this._alpnProtocols.length === 0 ? undefined : [...this._alpnProtocols];
  }

  private _secureOptions(): SecureContextOptions {
    const authorities = this._authorities.map((pem) =>
      typeof pem === 'string' ? pem : Buffer.from(pem),
    );
    if (!this._defaultCerts) return { ...this._options, ca: authorities };
    // Without `ca` Node takes its own authorities, those of NODE_EXTRA_CA_CERTS included.
    if (authorities.length === 0) return this._options;
    return { ...this._options, ca: [...rootCertificates, ...authorities] };
  }

  /** @internal Node's own context. */
  _secureContext(): SecureContext {
    return (this._secure ??= createSecureContext(this._secureOptions()));
  }

  /**
   * @internal Begins to speak TLS at the server's side of a socket.
   *
   * It is done by one server of Node that listens nowhere and is handed its connections: so the verification, the choice by
   * name and the resumption of sessions are Node's own. Which connection a TLS socket came of, Node says by `_parent` only.
   */
  _accept(socket: object, accepting: Accepting): void {
    this._accepting.set(socket, accepting);
    this._nodeServer().emit('connection', socket);
  }

  private _nodeServer(): Server {
    if (this._server !== null) return this._server;
    const accepting = (socket: TLSSocket): Accepting | undefined =>
      this._accepting.get((socket as TLSSocket & { readonly _parent: object })._parent);
    const options: TlsOptions = {
      ...this._secureOptions(),
      requestCert: this._verifyMode !== 'CERT_NONE',
      rejectUnauthorized: this._verifyMode === 'CERT_REQUIRED',
      // Ours is the one that counts.
      handshakeTimeout: 0x7fff_ffff,
    };
    if (this._alpn !== undefined) options.ALPNProtocols = this._alpn;
    const { _sniCallback } = this;
    if (_sniCallback !== null) {
      options.SNICallback = (name, done) => {
        try {
          done(null, _sniCallback(name)?._secureContext());
        } catch (error) {
          done(error as Error);
        }
      };
    }
    const server = createServer(options);
    server.on('secureConnection', (socket) => accepting(socket)?.secure(socket));
    server.on('tlsClientError', (error, socket) => accepting(socket)?.failed(error, socket));
    return (this._server = server);
  }

  [inspect.custom](): string {
    const { protocol, verifyMode, checkHostname } = this;
    return `<SSLContext ${protocol} verifyMode=${verifyMode} checkHostname=${checkHostname}>`;
  }
}
