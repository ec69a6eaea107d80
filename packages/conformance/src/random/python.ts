/** A random program as Python. */
import { CALLS } from './calls.js';
import { Around, callText, functionsOf, labelOf, Lines, seconds } from './lines.js';
import type { Fn, Handler, Item, Program, Statement } from './program.js';

const CLASSES: Readonly<Record<Handler['match'], string>> = {
  cancelled: 'asyncio.CancelledError',
  error: 'Exception',
  timeout: 'TimeoutError',
  value: 'ValueError',
  any: 'BaseException',
};

/** The source of `def program()`, which returns the functions of the first tasks. */
export function toPython(program: Program): string {
  const printer = new PythonPrinter();
  return printer.program(program);
}

class PythonPrinter {
  private readonly _out = new Lines('    ');
  private _who = 'main';

  program({ tasks }: Program): string {
    const out = this._out;
    out.add('def program():');
    out.inside(() => {
      for (const fn of tasks) this._define(fn, new Around());
      out.add(`return [${tasks.map(({ id }) => `f${id}`).join(', ')}]`);
    });
    return out.toString();
  }

  private _define(fn: Fn, around: Around): void {
    const before = this._who;
    this._who = `f${fn.id}`;
    this._out.add(`async def f${fn.id}():`);
    this._out.inside(() => {
      this._out.add(`log('${this._who}', 'starts')`);
      for (const statement of fn.body) this._statement(statement, around);
      this._out.add(`return ${fn.id}`);
    });
    this._who = before;
  }

  private _block(body: readonly Statement[] | undefined, around: Around): void {
    this._out.inside(() => {
      for (const statement of body ?? []) this._statement(statement, around);
      if (body === undefined || body.length === 0) this._out.add('pass');
    });
  }

  private _log(what: string, value: string): void {
    this._out.add(`log('${this._who}', '${what}', ${value})`);
  }

  private _attempt(what: string, text: string): void {
    this._out.add(`attempt('${this._who}', '${what}', lambda: ${text})`);
  }

  private _statement(statement: Statement, around: Around): void {
    for (const fn of functionsOf(statement)) this._define(fn, around);
    if (statement.do in CALLS) this._call(statement);
    else if (!this._simple(statement, around)) this._structure(statement, around);
  }

  private _call(statement: Statement): void {
    const text = callText(statement, 'python');
    const label = labelOf(statement);
    if (CALLS[statement.do]?.waits === true) this._log(label, `await ${text}`);
    else if (statement.raw === true) this._log(label, text);
    else this._attempt(label, text);
  }

  private _simple(statement: Statement, around: Around): boolean {
    const out = this._out;
    const { fn, b, a = 0, kind = '' } = statement;
    const name = `f${fn?.id ?? 0}`;
    const eager =
      (statement.eager === true ? ', eager=True' : '') +
      (statement.shared === true ? ', shared=True' : '');
    switch (statement.do) {
      case 'raise':
        out.add(`raise ${kind === 'CancelledError' ? 'asyncio.' : ''}${kind}('e${b}')`);
        return true;
      case 'return':
        out.add(`return ${b}`);
        return true;
      case 'call':
        this._log(`called ${name}`, `await ${name}()`);
        return true;
      case 'spawn':
        this._log('spawned', `spawn(${name}${eager})`);
        return true;
      case 'spawnIn':
        this._attempt('spawned', `spawn(${name}, ${around.group(a) ?? 'None'}${eager})`);
        return true;
      case 'reschedule': {
        const limit = around.limit(a);
        const when = b === null ? 'None' : `loop.time() + ${seconds(b, '0')}`;
        if (limit === undefined) out.add('pass');
        else this._attempt('rescheduled', `${limit}.reschedule(${when})`);
        return true;
      }
      default:
        return this._many(statement);
    }
  }

  private _many(statement: Statement): boolean {
    const { item, items = [], b } = statement;
    const list = items.map((one) => this._item(one)).join(', ');
    switch (statement.do) {
      case 'gather':
        this._log('gathered', `await asyncio.gather(${list}${flag(statement)})`);
        return true;
      case 'wait': {
        const when = `return_when=asyncio.${statement.returnWhen}`;
        this._out.add(
          `done, pending = await asyncio.wait([${list}], timeout=${seconds(b, 'None')}, ${when})`,
        );
        this._log('waited', 'names_of(done), names_of(pending)');
        if (statement.kind === 'cancel') this._out.add('cancel_all(pending)');
        return true;
      }
      case 'waitFor':
        this._log(
          'in time',
          `await asyncio.wait_for(${this._item(item as Item)}, ${seconds(b, 'None')})`,
        );
        return true;
      case 'keep':
        this._log(`keep ${statement.a}`, `keep(${statement.a}, ${this._item(item as Item)})`);
        return true;
      case 'shield':
        this._log('shielded', `await asyncio.shield(${this._item(item as Item)})`);
        return true;
      case 'asCompleted':
        this._asCompleted(
          statement,
          `asyncio.as_completed([${list}], timeout=${seconds(b, 'None')})`,
        );
        return true;
      default:
        return false;
    }
  }

  private _asCompleted({ kind }: Statement, iterable: string): void {
    const out = this._out;
    if (kind === 'async') {
      out.add(`async for one in ${iterable}:`);
      out.inside(() => this._log('completed', 'one'));
      return;
    }
    out.add(`for one in ${iterable}:`);
    out.inside(() => {
      if (kind !== 'guarded') {
        this._log('next', 'await one');
        return;
      }
      out.add('try:');
      out.inside(() => this._log('next', 'await one'));
      out.add('except Exception as error:');
      out.inside(() => this._log('next failed', 'error'));
    });
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
        return `asyncio.gather(${inner.join(', ')}${flag(item)})`;
      case 'shield':
        return `asyncio.shield(${inner[0]})`;
      case 'waitFor':
        return `asyncio.wait_for(${inner[0]}, ${seconds(b, 'None')})`;
      default:
        return callText({ do: item.is, a, b: b ?? 0 }, 'python');
    }
  }

  private _structure(statement: Statement, around: Around): void {
    const { do: name, a = 0, b, id = 0, body } = statement;
    const out = this._out;
    switch (name) {
      case 'try':
        this._try(statement, around);
        break;
      case 'repeat':
        out.add(`for _ in range(${b}):`);
        this._block(body, around);
        break;
      case 'timeout': {
        const limit = `limit${id}`;
        const when =
          statement.kind === 'timeoutAt' && b !== null
            ? `timeout_at(loop.time() + ${seconds(b, '0')})`
            : `timeout(${seconds(b, 'None')})`;
        out.add(`${limit} = asyncio.${when}`);
        out.add(`async with ${limit}:`);
        this._block(body, around.withLimit(limit));
        this._log('left the limit', `${limit}.expired()`);
        break;
      }
      case 'group':
        out.add(`group${id} = TaskGroup()`);
        out.add(`async with group${id}:`);
        this._block(body, around.withGroup(`group${id}`));
        this._log('left the group', `${id}`);
        break;
      case 'with':
        out.add(`async with ${statement.kind}[${a}]:`);
        out.inside(() => this._log(`inside ${statement.kind}`, `${a}`));
        this._block(body, around);
        break;
      default:
        this._later(statement, around);
    }
  }

  private _later({ do: name, b, id, body }: Statement, around: Around): void {
    const out = this._out;
    const before = this._who;
    out.add(`def c${id}():`);
    this._who = `c${id}`;
    this._block(body, around);
    this._who = before;
    const time = seconds(b, '0');
    if (name === 'soon') out.add(`H.append(loop.call_soon(c${id}))`);
    else if (name === 'later') out.add(`H.append(loop.call_later(${time}, c${id}))`);
    else if (name === 'at') out.add(`H.append(loop.call_at(loop.time() + ${time}, c${id}))`);
    else throw new Error(`unknown statement ${name}`);
  }

  private _try({ body, handlers = [], last }: Statement, around: Around): void {
    const out = this._out;
    out.add('try:');
    this._block(body, around);
    for (const handler of handlers) {
      out.add(`except ${CLASSES[handler.match]} as error:`);
      out.inside(() => this._log('caught', 'error'));
      this._block(handler.body, around);
      if (handler.again) out.inside(() => out.add('raise'));
    }
    if (last === undefined && handlers.length > 0) return;
    out.add('finally:');
    out.inside(() => this._log('finally', `'in'`));
    this._block(last, around);
    out.inside(() => this._log('finally', `'out'`));
  }
}

const flag = ({ returnExceptions }: { readonly returnExceptions?: boolean }): string =>
  returnExceptions === true ? ', return_exceptions=True' : '';
