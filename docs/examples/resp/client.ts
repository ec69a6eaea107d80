import {
  createTask,
  currentTask,
  QueueFull,
  type StreamReader,
  type StreamWriter,
  type Task,
} from 'asyncio-ts';

import type { BlockedPop, Receiver } from './blocking.js';
import type { Subscriber } from './channels.js';
import { execute } from './execute.js';
import { Mailbox } from './mailbox.js';
import { ProtocolError, RespParser } from './parser.js';
import { failure, type Reply } from './replies.js';
import type { RespServer } from './server.js';

/** So much is read at once, in bytes. */
export const CHUNK = 64 * 1024;
/** With so many characters of replies, the client is given them before more of its commands are run. */
const REPLIES_AT_ONCE = 64 * 1024;

/**
 * One connection: everything about it that does not wait. What waits is in `generator-handlers.ts` and, once more, in
 * `async-handlers.ts`.
 *
 * Replies gather in `_replies` while commands run, one after the other without a turn of the loop in between, and leave
 * together. What is sent to a subscriber goes through its mailbox, so that messages and replies keep their order.
 */
export class Client implements Receiver, Subscriber {
  readonly server: RespServer;
  readonly reader: StreamReader;
  readonly writer: StreamWriter;
  /** Who serves it. */
  readonly task = currentTask() as Task<unknown>;
  readonly id: number;
  readonly since: number;
  readonly address: string;
  readonly localAddress: string;
  name = '';
  libraryName = '';
  libraryVersion = '';
  lastCommand = '';
  /** When it was heard of last, in seconds on the loop's clock. */
  lastHeard: number;
  /** What it waits for, if it does. */
  blocked: BlockedPop | null = null;
  /** Whether all that arrived and could be done is done. */
  hungry = false;
  readonly channels = new Set<string>();
  /** False: nothing more of it is done. */
  private _open = true;
  /** What was answered shall be sent before the connection is closed. */
  private _finishing = false;
  /** The command that has begun is done, and no more. */
  private _stopping = false;
  private readonly _parser: RespParser;
  private _replies: Reply = '';
  private _mailbox: Mailbox | null = null;
  private _forwarding: Task<void> | null = null;

  constructor(server: RespServer, reader: StreamReader, writer: StreamWriter) {
    this.server = server;
    this.reader = reader;
    this.writer = writer;
    this.id = ++server.connectionsReceived;
    this.since = this.lastHeard = server.loop.time();
    this.address = (writer.getExtraInfo('peername') ?? []).slice(0, 2).join(':');
    this.localAddress = (writer.getExtraInfo('sockname') ?? []).slice(0, 2).join(':');
    this._parser = new RespParser(server.limits);
    server.clients.add(this);
  }

  // --- commands

  /** Takes what arrived; nothing at all: the client has written its last, and is gone for us. */
  feed(chunk: Buffer): void {
    if (chunk.length === 0) {
      this._open = false;
      return;
    }
    this.lastHeard = this.server.loop.time();
    this._parser.feed(chunk);
    if (this._parser.unread > this.server.limits.request) this._open = false;
  }

  /**
   * Runs the commands that are there, up to one that must wait, and sends what they answer.
   *
   * @returns false: that was all, close the connection
   */
  runCommands(): boolean {
    this.hungry = false;
    while (this._open && this.blocked === null && this._replies.length < REPLIES_AT_ONCE) {
      const args = this._nextCommand();
      if (args === null) break;
      this._replies += execute(this, args);
    }
    if (this._replies.length > 0) {
      const replies = this._replies;
      this._replies = '';
      this.send(replies);
    }
    return this._open;
  }

  private _nextCommand(): readonly string[] | null {
    try {
      const args = this._parser.next();
      if (args === null) {
        this.hungry = true;
        if (this._stopping && !this._parser.hasInput) this.finish();
      }
      return args;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this._replies += failure(`ERR Protocol error: ${error.message}`);
      this.finish();
      return null;
    }
  }

  // --- what it is told

  /** Whether something more may be done for it. */
  get isOpen(): boolean {
    return this._open;
  }

  /** Sends it a reply, at once or behind what waits in its mailbox. */
  send(reply: Reply): void {
    const bytes = Buffer.from(reply, 'latin1');
    const mailbox = this._mailbox;
    if (mailbox === null || (this.channels.size === 0 && mailbox.qsize() === 0)) {
      this.writer.write(bytes);
    } else this.deliver(bytes);
  }

  isReachable(): boolean {
    const { reader, writer } = this;
    return this._open && !reader.atEof() && reader.exception() === null && !writer.isClosing();
  }

  /** Puts a message into its mailbox; a client that does not keep up is dropped. */
  deliver(message: Buffer): void {
    try {
      this._mailbox?.putNowait(message);
    } catch (error) {
      if (!(error instanceof QueueFull)) throw error;
      this.drop();
    }
  }

  // --- waiting

  /** Lets its coroutine wait, before any more of its commands. */
  block(pop: BlockedPop): void {
    this.blocked = pop;
    this.server.lists.join(pop);
  }

  /** It waits no more. */
  unblock(): void {
    if (this.blocked !== null) this.server.lists.leave(this.blocked);
    this.blocked = null;
  }

  subscribe(channel: string): void {
    this.channels.add(channel);
    this.server.channels.subscribe(channel, this);
    if (this._mailbox !== null) return;
    this._mailbox = new Mailbox(this.server.limits.mailbox);
    this._forwarding = createTask(this.server.handlers.forward(this, this._mailbox));
    // Whoever writes last closes.
    this._forwarding.addDoneCallback(() => this.writer.close());
  }

  unsubscribe(channel: string): void {
    this.channels.delete(channel);
    this.server.channels.unsubscribe(channel, this);
  }

  // --- the end

  /** Lets it go, once what was answered is sent. */
  finish(): void {
    this._open = false;
    this._finishing = true;
  }

  /** Cuts the connection: it takes more of us than it may. Its coroutine learns of that as of any other end. */
  drop(): void {
    this._open = false;
    this.writer.transport.abort();
  }

  /** The server stops: a command that has begun is finished, everything else is cancelled. */
  stop(): void {
    this._stopping = true;
    if (this.blocked !== null || !this._parser.hasInput) this.task.cancel();
  }

  /** Its coroutine is at its end: nothing more is heard of it, what was sent is flushed. */
  leave(): void {
    this._open = false;
    this.unblock();
    for (const channel of this.channels) this.server.channels.unsubscribe(channel, this);
    this.channels.clear();
    this.server.clients.delete(this);
    if (this._forwarding === null) this.writer.close();
    else if (this._finishing) this._mailbox?.shutdown();
    else this._forwarding.cancel();
  }
}
