/** The web of number 11: an HTTP server on this machine. A slow page is answered when the program says so. */
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Queue } from 'asyncio-ts';

/**
 * `/missing` is not there, `/broken` cuts the connection, pages whose names begin with `slow` wait for `answer()`, all others
 * are answered at once.
 */
export class PageServer {
  /** The slow pages that were asked for and not answered at once. */
  readonly asked = new Queue<string>();
  /** The slow pages whose readers hung up before they had an answer. */
  readonly hungUp = new Queue<string>();
  readonly #server: Server;
  readonly #waiting = new Map<string, ServerResponse>();
  /** Slow pages to be answered as soon as somebody asks. */
  readonly #ready = new Set<string>();

  private constructor() {
    this.#server = createServer(({ url = '' }, response) => this.#serve(url.slice(1), response));
  }

  static async start(): Promise<PageServer> {
    const pages = new PageServer();
    await once(pages.#server.listen(0, '127.0.0.1'), 'listening');
    return pages;
  }

  url(name: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${name}`;
  }

  /** Answers a slow page, or, if nobody has asked for it yet, as soon as somebody does. */
  answer(name: string): void {
    const response = this.#waiting.get(name);
    if (response === undefined) this.#ready.add(name);
    else this.#send(name, response);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #serve(name: string, response: ServerResponse): void {
    if (name === 'broken') {
      response.destroy();
    } else if (name.startsWith('slow') && !this.#ready.delete(name)) {
      this.#waiting.set(name, response);
      this.asked.putNowait(name);
      response.on('close', () => {
        if (!response.writableFinished && this.#waiting.delete(name)) this.hungUp.putNowait(name);
      });
    } else {
      this.#send(name, response);
    }
  }

  #send(name: string, response: ServerResponse): void {
    this.#waiting.delete(name);
    response.statusCode = name.endsWith('missing') ? 404 : 200;
    response.end(`This is the page about ${name}.`);
  }
}
