/**
 * Looks into native generators through V8's inspector, from within the process: where one stands, and what its variables
 * are. JavaScript itself offers neither.
 *
 * A session lives for one call of `lookInto`. While it is open the engine treats all code as being debugged, which is slow:
 * so it opens only when somebody asks, and everything is asked for in one go. In a session to one's own thread `post` calls
 * back before it returns.
 */
import type * as Inspector from 'node:inspector';
import { fileURLToPath } from 'node:url';

import type { FrameLocation } from './stack-frame.js';

/** What is seen of a generator. */
export interface GeneratorView {
  /** The name of its function, empty if it has none. */
  readonly functionName: string;
  /** Before the start the engine says "suspended": it is told apart when it is asked for. */
  readonly state: 'CREATED' | 'SUSPENDED' | 'RUNNING' | 'CLOSED';
  /** Where it stands; of one that has not started, where its function begins; null when it runs or is closed. */
  readonly location: FrameLocation | null;
  /** Its variables; only if they were asked for. */
  readonly locals: Record<string, unknown>;
}

/** What is looked for; each costs a call of the inspector or two. */
export interface Wanted {
  /** Its variables. Default: false. */
  readonly locals?: boolean;
  /** Whether it was started. Default: false. */
  readonly started?: boolean;
}

interface RemoteObject {
  readonly objectId?: string;
  readonly type?: string;
  readonly value?: unknown;
  readonly description?: string;
}

interface Property {
  readonly name: string;
  readonly value?: RemoteObject;
}

interface Properties {
  readonly result: readonly Property[];
  readonly internalProperties?: readonly Property[];
}

interface Position {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Through this property of an object that all contexts share, live objects come to the inspector and back. */
const EXCHANGE = Symbol.for('asyncio-ts.exchange');
const SHARED = "process.getBuiltinModule('node:inspector')[Symbol.for('asyncio-ts.exchange')]";

/** Some versions of the engine list what every function has, and places of their own, by number. */
const VARIABLE = /^(?!(?:arguments|this)$)[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

type Shared = typeof Inspector & { [EXCHANGE]?: unknown };

/**
 * @internal Looks at generators; null for one that is no native generator.
 *
 * @returns null when there is no inspector: Node was built without, or may not use it.
 */
export function lookInto(
  generators: readonly object[],
  wanted: Wanted = {},
): (GeneratorView | null)[] | null {
  const builtin = (process as Partial<NodeJS.Process>).getBuiltinModule;
  let probe: Probe | null = null;
  try {
    const inspector = builtin?.('node:inspector') as Shared | undefined;
    if (inspector === undefined) return null;
    probe = new Probe(inspector);
    return probe.look(generators, wanted);
  } catch {
    // It is a tool for finding faults: it must not add one. What is missing is the lines, and that shows.
    return null;
  } finally {
    probe?.close();
  }
}

class Probe {
  private readonly _inspector: Shared;
  private readonly _session: Inspector.Session;
  private readonly _urls = new Map<string, string>();

  constructor(inspector: Shared) {
    this._inspector = inspector;
    this._session = new inspector.Session();
    this._session.connect();
  }

  look(generators: readonly object[], wanted: Wanted): (GeneratorView | null)[] {
    this._session.on('Debugger.scriptParsed', ({ params }) => {
      this._urls.set(params.scriptId, params.url);
    });
    this._post('Debugger.enable');
    this._inspector[EXCHANGE] = generators;
    const { result: list } = this._post<{ result: RemoteObject }>('Runtime.evaluate', {
      expression: SHARED,
    });
    const elements = namesToValues(this._propertiesOf(list).result);
    return generators.map((_, i) => this._view(elements.get(String(i)) as RemoteObject, wanted));
  }

  close(): void {
    try {
      delete this._inspector[EXCHANGE];
      this._session.post('Debugger.disable');
    } finally {
      this._session.disconnect();
    }
  }

  private _post<R>(method: string, params?: object): R {
    let answer: R | undefined;
    let failure: Error | null = null;
    this._session.post(method, params, (error: Error | null, result?: object) => {
      failure = error;
      answer = result as R;
    });
    if (failure !== null) throw failure as Error;
    return answer as R;
  }

  private _propertiesOf(object: RemoteObject): Properties {
    return this._post('Runtime.getProperties', { objectId: object.objectId, ownProperties: true });
  }

  private _view(generator: RemoteObject, wanted: Wanted): GeneratorView | null {
    const internal = namesToValues(this._propertiesOf(generator).internalProperties);
    const fn = internal.get('[[GeneratorFunction]]');
    const stage = internal.get('[[GeneratorState]]')?.value;
    const position = internal.get('[[GeneratorLocation]]')?.value as Position | undefined;
    if (fn === undefined || position === undefined) return null;
    const { name, begin } = this._function(fn);
    const stands = stage === 'suspended';
    const fresh = stands && wanted.started === true && this._isAtStart(begin, position);
    // Of one that runs the engine says where it began.
    const scopes = wanted.locals === true ? internal.get('[[Scopes]]') : undefined;
    return {
      functionName: name,
      state: fresh ? 'CREATED' : STATES[stage as keyof typeof STATES],
      location: stands ? this._place(position) : null,
      locals: scopes === undefined ? {} : this._localsOf(scopes),
    };
  }

  private _function(fn: RemoteObject): { name: string; begin: Position } {
    const { result, internalProperties } = this._propertiesOf(fn);
    const name = result.find((property) => property.name === 'name')?.value?.value;
    const begin = namesToValues(internalProperties).get('[[FunctionLocation]]')?.value;
    return { name: typeof name === 'string' ? name : '', begin: begin as Position };
  }

  /**
   * The engine says "suspended" from the beginning. Before the start it stands where its function begins, or, if there are
   * parameters to compute, at the brace of the body; after that always at a `yield`.
   */
  private _isAtStart(begin: Position, at: Position): boolean {
    const { lineNumber, columnNumber } = begin;
    if (lineNumber === at.lineNumber && columnNumber === at.columnNumber) return true;
    const { scriptSource } = this._post<{ scriptSource: string }>('Debugger.getScriptSource', {
      scriptId: at.scriptId,
    });
    const line = scriptSource.split('\n', at.lineNumber + 1)[at.lineNumber];
    return line?.startsWith('{', at.columnNumber) === true;
  }

  private _place({ scriptId, lineNumber, columnNumber }: Position): FrameLocation {
    return placeOf(this._urls.get(scriptId) ?? '', lineNumber, columnNumber);
  }

  /** From the outer scopes to the inner ones, which hide them; what lies around the function is not its own. */
  private _localsOf(scopes: RemoteObject): Record<string, unknown> {
    const own = this._propertiesOf(scopes).result.filter(({ value }) =>
      /^(?:Local|Block|Catch|With)\b/.test(value?.description ?? ''),
    );
    const locals: Record<string, unknown> = {};
    for (const { value } of own.reverse()) {
      const scope = this._receive(value as RemoteObject);
      for (const [name, held] of Object.entries(scope)) {
        if (held !== undefined && VARIABLE.test(name)) locals[name] = held;
      }
    }
    return locals;
  }

  /** The variables of a scope, as they are and not as the inspector describes them. */
  private _receive(scope: RemoteObject): Record<string, unknown> {
    this._post('Runtime.callFunctionOn', {
      objectId: scope.objectId,
      functionDeclaration: `function () { ${SHARED} = { ...this.object }; }`,
    });
    return this._inspector[EXCHANGE] as Record<string, unknown>;
  }
}

function namesToValues(properties: readonly Property[] = []): Map<string, RemoteObject> {
  return new Map(properties.map(({ name, value }) => [name, value as RemoteObject] as const));
}

const STATES = { suspended: 'SUSPENDED', running: 'RUNNING', closed: 'CLOSED' } as const;

/** A position of the engine, which counts from zero, in the words of a stack; through the source map if there is one. */
function placeOf(url: string, line: number, column: number): FrameLocation {
  const { findSourceMap } = process.getBuiltinModule('node:module');
  const map = findSourceMap(url);
  const entry = map?.findEntry(line, column);
  if (entry !== undefined && 'originalSource' in entry) {
    return {
      fileName: pathOf(entry.originalSource),
      lineNumber: entry.originalLine + 1,
      columnNumber: entry.originalColumn + 1,
    };
  }
  return { fileName: pathOf(url), lineNumber: line + 1, columnNumber: column + 1 };
}

/** @internal The path of a file, for what is one. */
export function pathOf(url: string): string {
  try {
    return url.startsWith('file:') ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}
