import { renameSync, statSync, unlinkSync } from 'node:fs';
import type { Server as NodeServer } from 'node:net';

import { logger } from '@asyncio-ts/loop';

/** @internal Whether a path is an abstract name of Linux, which is in no file system. */
export function isAbstract(path: string): boolean {
  return path.startsWith('\0');
}

/** @internal Removes the socket file a server has left that is no more. Another kind of file stays: then binding fails. */
export function removeStale(path: string): void {
  try {
    if (statSync(path).isSocket()) unlinkSync(path);
  } catch (error) {
    if (isMissing(error)) return;
    // The directory may allow to make a socket and nothing else.
    logger.error(`Unable to check or remove stale UNIX socket ${path}: ${String(error)}`);
  }
}

/**
 * @internal The file of a Unix server, which may be gone, or be another server's, by the time it is closed.
 *
 * Node itself removes whatever is at the path when the server is closed. Where that is not wanted the file is put aside
 * meanwhile; both happens in one go, so that a client must be quick to miss it.
 */
export class UnixSocketFile {
  private readonly _path: string;
  /** Null: the file stays in any case. */
  private readonly _inode: bigint | null;

  /** @param cleanup - whether the file goes with the server */
  constructor(path: string, cleanup: boolean) {
    this._path = path;
    this._inode = cleanup ? inodeOf(path) : null;
  }

  /** Closes the server. */
  close(node: NodeServer): void {
    const now = inodeOf(this._path);
    if (now === null || now === this._inode) {
      node.close();
      return;
    }
    const aside = `${this._path}.${process.pid}`;
    try {
      renameSync(this._path, aside);
    } catch (error) {
      logger.error(`Unable to keep the UNIX socket ${this._path}: ${String(error)}`);
      node.close();
      return;
    }
    node.close();
    renameSync(aside, this._path);
  }
}

function inodeOf(path: string): bigint | null {
  try {
    return statSync(path, { bigint: true }).ino;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
