/**
 * So many writes to a closed connection are dropped silently; each one after them is warned of, as in CPython.
 *
 * @example
 * ```ts
 * import { LOG_THRESHOLD_FOR_CONNLOST_WRITES } from '@asyncio-ts/transports';
 *
 * console.log(LOG_THRESHOLD_FOR_CONNLOST_WRITES); // 5
 * ```
 */
export const LOG_THRESHOLD_FOR_CONNLOST_WRITES = 5;

/**
 * How long a TLS handshake may take, in seconds, if nobody says otherwise.
 *
 * @example
 * ```ts
 * import { SSL_HANDSHAKE_TIMEOUT } from '@asyncio-ts/transports';
 *
 * export const patient = { sslHandshakeTimeout: 2 * SSL_HANDSHAKE_TIMEOUT };
 * ```
 */
export const SSL_HANDSHAKE_TIMEOUT = 60;

/**
 * How long the peer may take to answer the end of a TLS connection, in seconds, if nobody says otherwise.
 *
 * @example
 * ```ts
 * import { SSL_SHUTDOWN_TIMEOUT } from '@asyncio-ts/transports';
 *
 * export const hurried = { sslShutdownTimeout: SSL_SHUTDOWN_TIMEOUT / 10 };
 * ```
 */
export const SSL_SHUTDOWN_TIMEOUT = 30;

/**
 * So many bytes of a file are read at a time.
 *
 * @example
 * ```ts
 * import { SENDFILE_FALLBACK_READBUFFER_SIZE } from '@asyncio-ts/transports';
 *
 * console.log(SENDFILE_FALLBACK_READBUFFER_SIZE); // 262144
 * ```
 */
export const SENDFILE_FALLBACK_READBUFFER_SIZE = 256 * 1024;
