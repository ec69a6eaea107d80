/** A random program as TypeScript: in one kind of coroutines, or in both. */
import { CALLS } from './calls.js';
import { Around, callText, functionsOf, labelOf, Lines, seconds } from './lines.js';
import type { Fn, Handler, Item, Mode, Program, Statement } from './program.js';

type Kind = 'generator' | 'async';

const TESTS: Readonly<Record<Handler['match'], string>> = {
  cancelled: 'isCancelledError(error)',
  error: '!isCancelledError(error)',
  timeout: 'error instanceof TimeoutError',
  value: 'error instanceof ValueError',
  any: 'true',
};

/** The source of `function program()`, which returns the functions of the first tasks. */
export function toTypeScript(program: Program, mode: Mode): string {
  return new TypeScriptPrinter(mode).program(program);
}

class TypeScriptPrinter {
  private readonly _out = new Lines('  ');
  private readonly _mode: Mode;
  private _who = 'main';
  private _kind: Kind = 'generator';

  constructor(mode: Mode) {
    this._mode = mode;
  }

  program({ tasks }: Program): string {
    const out = this._out;
    out.add('function program() {');
    out.inside(() => {
      for (const fn of tasks) this._define(fn, new Around(), false);
      out.add(`return [${tasks.map(({ id }) => `f${id}`).join(', ')}];`);
    });
    out.add('}');
    return out.toString();
  }

  private _kindOf(id: number): Kind {
    if (this._mode !== 'mixed') return this._mode;
    return (Math.imul(id + 7, 0x9e3779b1) >>> 15) % 2 === 0 ? 'generator' : 'async';
  }

  /** Runs `body` with the kind of this block as the present one. */
  private _as(kind: Kind, who: string, body: () => void): void {
    const before = [this._kind, this._who] as const;
    [this._kind, this._who] = [kind, who];
    body();
    [this._kind, this._who] = before;
  }

  /** `called`: it is only ever awaited, by the function that defines it. */
  private _define(fn: Fn, around: Around, called: boolean): void {
    const out = this._out;
    const name = `f${fn.id}`;
    const kind = this._kindOf(fn.id);
    const plain =
      (kind === 'generator' && (this._mode === 'generator' || fn.id % 2 === 0)) ||
      (called && kind === this._kind && fn.id % 3 !== 0);
    const head = kind === 'generator' ? `function* ${name}()` : `async function ${name}()`;
    // A native generator is a coroutine object for whoever stands in a generator; an async function cannot await it.
    const bare = plain && !(called && kind !== this._kind);
    out.add(bare ? `const ${name} = ${head} {` : `const ${name} = coroutine(${head} {`);
    this._as(kind, name, () =>
      out.inside(() => {
        const names = namesIn(fn.body);
        if (names.length > 0) out.add(`let ${names.join(', ')};`);
        out.add(`log('${name}', 'starts');`);
        for (const statement of fn.body) this._statement(statement, around);
        out.add(`return ${fn.id};`);
      }),
    );
    out.add(bare ? '};' : '});');
  }

  private _await(text: string): string {
    return this._kind === 'generator' ? `yield* ${text}` : `await ${text}`;
  }

  private _block(body: readonly Statement[] | undefined, around: Around): void {
    this._out.inside(() => {
      for (const statement of body ?? []) this._statement(statement, around);
    });
  }

  private _log(what: string, value: string): void {
    this._out.add(`log('${this._who}', '${what}', ${value});`);
  }

  private _attempt(what: string, text: string): void {
    this._out.add(`attempt('${this._who}', '${what}', () => ${text});`);
  }

  private _statement(statement: Statement, around: Around): void {
    for (const fn of functionsOf(statement)) this._define(fn, around, statement.do === 'call');
    if (statement.do in CALLS) this._call(statement);
    else if (!this._simple(statement, around)) this._structure(statement, around);
  }

  private _call(statement: Statement): void {
    const text = callText(statement, 'typescript');
    const label = labelOf(statement);
    if (CALLS[statement.do]?.waits === true) this._log(label, this._await(text));
    else if (statement.raw === true) this._log(label, text);
    else this._attempt(label, text);
  }

  private _simple(statement: Statement, around: Around): boolean {
    const out = this._out;
    const { fn, b, a = 0, kind = '' } = statement;
    const name = `f${fn?.id ?? 0}`;
    const eager = statement.eager === true;
    const more = statement.shared === true ? `, ${eager}, true` : eager ? ', true' : '';
    switch (statement.do) {
      case 'raise':
        out.add(`throw new ${kind}('e${b}');`);
        return true;
      case 'return':
        out.add(`return ${b};`);
        return true;
      case 'call':
        this._log(`called ${name}`, this._await(`${name}()`));
        return true;
      case 'spawn':
        this._log('spawned', `spawn(${name}${more === '' ? '' : `, null${more}`})`);
        return true;
      case 'spawnIn':
        this._attempt('spawned', `spawn(${name}, ${around.group(a) ?? 'null'}${more})`);
        return true;
      case 'reschedule': {
        const limit = around.limit(a);
        const when = b === null ? 'null' : `loop.time() + ${seconds(b, '0')}`;
        if (limit !== undefined) this._attempt('rescheduled', `${limit}.reschedule(${when})`);
        return true;
      }
      default:
        return this._many(statement);
    }
  }

  private _many(statement: Statement): boolean {
    const { item, items = [], b } = statement;
    const list = `[${items.map((one) => this._item(one)).join(', ')}]`;
    const timeout = seconds(b, 'null');
    switch (statement.do) {
      case 'gather':
        this._log('gathered', this._await(`gather(${list}${flag(statement)})`));
        return true;
      case 'wait': {
        const options = `{ timeout: ${timeout}, returnWhen: ${statement.returnWhen} }`;
        this._out.add('{');
        this._out.inside(() => {
          const waited = this._await(`wait(${list}, ${options})`);
          this._out.add(`const [done, pending] = ${waited};`);
          this._log('waited', 'names_of(done), names_of(pending)');
          if (statement.kind === 'cancel') this._out.add('cancel_all(pending);');
        });
        this._out.add('}');
        return true;
      }
      case 'waitFor':
        this._log('in time', this._await(`waitFor(${this._item(item as Item)}, ${timeout})`));
        return true;
      case 'keep':
        this._log(`keep ${statement.a}`, `keep(${statement.a}, ${this._item(item as Item)})`);
        return true;
      case 'shield':
        this._log('shielded', this._await(`shield(${this._item(item as Item)})`));
        return true;
      case 'asCompleted':
        this._asCompleted(statement, `asCompleted(${list}, { timeout: ${timeout} })`);
        return true;
      default:
        return false;
    }
  }

  private _asCompleted({ kind }: Statement, iterable: string): void {
    const out = this._out;
    if (kind === 'async') {
      const generator = this._kind === 'generator';
      out.add(
        generator
          ? `yield* asyncFor(${iterable}, (one) => {`
          : `for await (const one of ${iterable}) {`,
      );
      out.inside(() => this._log('completed', 'one'));
      out.add(generator ? '});' : '}');
      return;
    }
    out.add(`for (const one of ${iterable}) {`);
    out.inside(() => {
      if (kind !== 'guarded') {
        this._log('next', this._await('one'));
        return;
      }
      out.add('try {');
      out.inside(() => this._log('next', this._await('one')));
      out.add('} catch (error) {');
      out.inside(() => {
        out.add('if (isCancelledError(error)) throw error;');
        this._log('next failed', 'error');
      });
      out.add('}');
    });
    out.add('}');
  }

  private _item(item: Item): string {
    const { a = 0, b, items = [] } = item;
    const inner = items.map((one) => this._item(one));
    switch (item.is) {
      case 'call':
        return `f${item.fn?.id}()`;
      case 'spawn':
        return `spawn(f${item.fn?.id})`;
      case 'task':
        return `task(${a})`;
      case 'future':
        return `F[${a}]`;
      case 'gather':
        return `gather([${inner.join(', ')}]${flag(item)})`;
      case 'shield':
        return `shield(${inner[0]})`;
      case 'waitFor':
        return `waitFor(${inner[0]}, ${seconds(b, 'null')})`;
      default:
        return callText({ do: item.is, a, b: b ?? 0 }, 'typescript');
    }
  }

  /** A body handed to `use`: a function of its own here, but not in Python. */
  private _use(subject: string, statement: Statement, around: Around, first = ''): void {
    const out = this._out;
    const kind = this._kindOf(statement.id ?? 0);
    const head = kind === 'generator' ? 'function* () {' : 'async () => {';
    out.add(`${this._await(subject)}.use(${head}`);
    this._as(kind, this._who, () => {
      if (first !== '') out.inside(() => out.add(first));
      this._block(statement.body, around);
    });
    out.add('});');
  }

  private _structure(statement: Statement, around: Around): void {
    const { do: name, a = 0, b, id = 0, body } = statement;
    const out = this._out;
    switch (name) {
      case 'try':
        this._try(statement, around);
        break;
      case 'repeat':
        out.add(`for (let i = 0; i < ${b}; i++) {`);
        this._block(body, around);
        out.add('}');
        break;
      case 'timeout': {
        const limit = `limit${id}`;
        const when =
          statement.kind === 'timeoutAt' && b !== null
            ? `timeoutAt(loop.time() + ${seconds(b, '0')})`
            : `timeout(${seconds(b, 'null')})`;
        out.add(`${limit} = ${when};`);
        this._use(limit, statement, around.withLimit(limit));
        this._log('left the limit', `${limit}.expired()`);
        break;
      }
      case 'group':
        out.add(`group${id} = new TaskGroup();`);
        this._use(`group${id}`, statement, around.withGroup(`group${id}`));
        this._log('left the group', `${id}`);
        break;
      case 'with': {
        const inside = `log('${this._who}', 'inside ${statement.kind}', ${a});`;
        this._use(`${statement.kind}[${a}]`, statement, around, inside);
        break;
      }
      default:
        this._later(statement, around);
    }
  }

  private _later({ do: name, b, id, body }: Statement, around: Around): void {
    const out = this._out;
    out.add(`const c${id} = () => {`);
    this._as(this._kind, `c${id}`, () => this._block(body, around));
    out.add('};');
    const time = seconds(b, '0');
    if (name === 'soon') out.add(`H.push(loop.callSoon(c${id}));`);
    else if (name === 'later') out.add(`H.push(loop.callLater(${time}, c${id}));`);
    else if (name === 'at') out.add(`H.push(loop.callAt(loop.time() + ${time}, c${id}));`);
    else throw new Error(`unknown statement ${name}`);
  }

  private _try({ body, handlers = [], last }: Statement, around: Around): void {
    const out = this._out;
    out.add('try {');
    this._block(body, around);
    if (handlers.length > 0) {
      out.add('} catch (error) {');
      out.inside(() => this._handlers(handlers, around));
    }
    if (last !== undefined || handlers.length === 0) {
      out.add('} finally {');
      out.inside(() => this._log('finally', `'in'`));
      this._block(last, around);
      out.inside(() => this._log('finally', `'out'`));
    }
    out.add('}');
  }

  private _handlers(handlers: readonly Handler[], around: Around): void {
    const out = this._out;
    handlers.forEach((handler, n) => {
      out.add(`${n === 0 ? '' : '} else '}if (${TESTS[handler.match]}) {`);
      out.inside(() => this._log('caught', 'error'));
      this._block(handler.body, around);
      if (handler.again) out.inside(() => out.add('throw error;'));
    });
    out.add('} else throw error;');
  }
}

const flag = ({ returnExceptions }: { readonly returnExceptions?: boolean }): string =>
  returnExceptions === true ? ', { returnExceptions: true }' : '';

/** The names of limits and groups: a function's own in Python, so they are here. */
function namesIn(body: readonly Statement[]): string[] {
  return body.flatMap((statement) => {
    const inner = [statement.body ?? [], statement.last ?? []];
    for (const handler of statement.handlers ?? []) inner.push(handler.body);
    const names = inner.flatMap(namesIn);
    if (statement.do === 'timeout') names.unshift(`limit${statement.id}`);
    if (statement.do === 'group') names.unshift(`group${statement.id}`);
    return names;
  });
}
