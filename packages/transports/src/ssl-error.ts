/**
 * What goes wrong with TLS, in the classes of Python's `ssl` module. Node's own error is the `cause`.
 */
import { OSError, type OSErrorDetails } from './os-error.js';

/** What a TLS error may know. */
export interface SSLErrorDetails extends OSErrorDetails {
  /** Where in OpenSSL it failed: `'SSL routines'`. */
  readonly library?: string | undefined;
  /** OpenSSL's name of the reason: `'WRONG_VERSION_NUMBER'`. */
  readonly reason?: string | undefined;
}

/**
 * TLS failed: the two sides have no version or cipher in common, the peer does not speak TLS, an alert came.
 *
 * Mirrors Python's `ssl.SSLError`.
 *
 * @example
 * ```ts
 * import { OSError, SSLError } from '@asyncio-ts/transports';
 *
 * const details = { library: 'SSL routines', reason: 'WRONG_VERSION_NUMBER' };
 * const error = new SSLError('wrong version number', details);
 * console.log(error instanceof OSError, error.library, error.reason); // true SSL routines WRONG_VERSION_NUMBER
 * ```
 */
export class SSLError extends OSError {
  /** Where in OpenSSL it failed. */
  readonly library: string | undefined;
  /** OpenSSL's name of the reason. */
  readonly reason: string | undefined;

  constructor(message: string, details: SSLErrorDetails = {}) {
    super(message, details);
    this.library = details.library;
    this.reason = details.reason;
  }

  static {
    this.prototype.name = 'SSLError';
  }
}

/** What a certificate was refused for. */
export interface VerificationDetails extends SSLErrorDetails {
  /** OpenSSL's number of the reason: 10 for an expired certificate. */
  readonly verifyCode: number;
  /** The reason in words. */
  readonly verifyMessage: string;
}

/**
 * The certificate of the peer was refused: unknown authority, expired, made for another host.
 *
 * Mirrors Python's `ssl.SSLCertVerificationError`.
 *
 * @example
 * ```ts
 * import { SSLCertVerificationError, SSLError } from '@asyncio-ts/transports';
 *
 * const error = new SSLCertVerificationError('certificate verify failed: certificate has expired', {
 *   verifyCode: 10,
 *   verifyMessage: 'certificate has expired',
 * });
 * console.log(error instanceof SSLError, error.verifyCode); // true 10
 * ```
 */
export class SSLCertVerificationError extends SSLError {
  /** OpenSSL's number of the reason. */
  readonly verifyCode: number;
  /** The reason in words. */
  readonly verifyMessage: string;

  constructor(message: string, details: VerificationDetails) {
    super(message, { reason: 'CERTIFICATE_VERIFY_FAILED', ...details });
    this.verifyCode = details.verifyCode;
    this.verifyMessage = details.verifyMessage;
  }

  static {
    this.prototype.name = 'SSLCertVerificationError';
  }
}

/** OpenSSL's X509_V_ERR_*, by the names Node gives as `code`. */
const VERIFY_CODES: Readonly<Record<string, number>> = {
  UNSPECIFIED: 1,
  UNABLE_TO_GET_ISSUER_CERT: 2,
  UNABLE_TO_GET_CRL: 3,
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 4,
  UNABLE_TO_DECRYPT_CRL_SIGNATURE: 5,
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 6,
  CERT_SIGNATURE_FAILURE: 7,
  CRL_SIGNATURE_FAILURE: 8,
  CERT_NOT_YET_VALID: 9,
  CERT_HAS_EXPIRED: 10,
  CRL_NOT_YET_VALID: 11,
  CRL_HAS_EXPIRED: 12,
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 13,
  ERROR_IN_CERT_NOT_AFTER_FIELD: 14,
  ERROR_IN_CRL_LAST_UPDATE_FIELD: 15,
  ERROR_IN_CRL_NEXT_UPDATE_FIELD: 16,
  OUT_OF_MEM: 17,
  DEPTH_ZERO_SELF_SIGNED_CERT: 18,
  SELF_SIGNED_CERT_IN_CHAIN: 19,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 20,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 21,
  CERT_CHAIN_TOO_LONG: 22,
  CERT_REVOKED: 23,
  INVALID_CA: 24,
  PATH_LENGTH_EXCEEDED: 25,
  INVALID_PURPOSE: 26,
  CERT_UNTRUSTED: 27,
  CERT_REJECTED: 28,
  HOSTNAME_MISMATCH: 62,
  // Node's own, of tls.checkServerIdentity.
  ERR_TLS_CERT_ALTNAME_INVALID: 62,
};

/** @internal Whether Node's `code` says that a certificate was refused. */
export function isVerifyCode(code: string): boolean {
  return Object.hasOwn(VERIFY_CODES, code);
}

/** @internal The error of a certificate that was refused. */
export function verificationError(
  code: string,
  verifyMessage: string,
  cause?: unknown,
): SSLCertVerificationError {
  return new SSLCertVerificationError(`certificate verify failed: ${verifyMessage}`, {
    code,
    cause,
    verifyCode: VERIFY_CODES[code] ?? 1,
    verifyMessage,
  });
}

/** @internal What Node's TLS failed with; null: it is no error of TLS. */
export function asSSLError(error: Error): SSLError | null {
  const { code, library, reason } = error as NodeJS.ErrnoException & {
    readonly library?: string;
    readonly reason?: string;
  };
  if (code === undefined) return null;
  if (isVerifyCode(code)) return verificationError(code, error.message, error);
  const named = /^ERR_(?:SSL|TLS)_(.+)/.exec(code)?.[1];
  // A failure met while writing has the code of the system, and OpenSSL's words in its message.
  const told = /:SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
  if (named === undefined && (code !== 'EPROTO' || told === undefined)) return null;
  const words = reason ?? told ?? error.message;
  return new SSLError(words, {
    code,
    library,
    reason: named ?? words.toUpperCase().replaceAll(' ', '_'),
    cause: error,
  });
}
