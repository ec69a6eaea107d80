/**
 * Protocols are what the library calls and a ported script defines. Here their direction is turned: a subclass says
 * `data_received`, and the method of the camelCase name, which the library calls, goes there. They extend the classes of
 * `asyncio-ts`, so they are protocols to everybody.
 */
import * as asyncio from './index.js';
import { isCamelCase, snakeCase } from './py-names.js';
import type { BaseTransport } from './py-types.js';

interface Calls {
  connection_made(transport: BaseTransport): void;
  connection_lost(error: Error | null): void;
  pause_writing(): void;
  resume_writing(): void;
}

export interface BaseProtocol extends asyncio.BaseProtocol, Calls {}

export interface Protocol extends asyncio.Protocol, Calls {
  data_received(data: Buffer): void;
  eof_received(): boolean | null | undefined | void;
}

export interface BufferedProtocol extends asyncio.BufferedProtocol, Calls {
  get_buffer(size_hint: number): Uint8Array;
  buffer_updated(length: number): void;
  eof_received(): boolean | null | undefined | void;
}

type Method = (this: object, ...args: unknown[]) => unknown;

/** A subclass with both names of each call: the library's leads to Python's, and that one to what the base class does. */
function turned<P>(Base: new () => asyncio.BaseProtocol): new () => P {
  const Turned = class extends Base {};
  const define = (name: string, value: Method): void => {
    Object.defineProperty(Turned.prototype, name, { value, writable: true, configurable: true });
  };
  for (const name of callsOf(Base.prototype)) {
    const alias = snakeCase(name);
    const inherited = (Base.prototype as unknown as Record<string, Method>)[name] as Method;
    define(name, function (this: object, ...args) {
      return (this as Record<string, Method>)[alias]?.(...args);
    });
    define(alias, inherited);
  }
  return Object.defineProperty(Turned, 'name', { value: Base.name }) as unknown as new () => P;
}

function callsOf(prototype: object): string[] {
  const names: string[] = [];
  for (
    let at: object | null = prototype;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    names.push(...Object.getOwnPropertyNames(at).filter(isCamelCase));
  }
  return names;
}

export const BaseProtocol: new () => BaseProtocol = turned(asyncio.BaseProtocol);
export const Protocol: new () => Protocol = turned(asyncio.Protocol);
export const BufferedProtocol: new () => BufferedProtocol = turned(asyncio.BufferedProtocol);
