/** Makes the random program of a seed. */
import { CALLS, isPlain, NUMBERS, type Theme } from './calls.js';
import type { Fn, Handler, Item, Program, Statement, Table } from './program.js';
import { Random } from './random.js';

const THEMES: readonly Theme[] = [
  'time',
  'task',
  'future',
  'loop',
  'context',
  'lock',
  'event',
  'condition',
  'semaphore',
  'barrier',
  'queue',
  'timeout',
  'group',
  'many',
];

/** Eighths of a second; few different ones, so that deadlines are often equal. */
const TIMES = [0, 1, 1, 1, 2, 2, 2, 3, 4, 4, 6, 8, 8, 12, 16, 24];

/** Blocks and other statements that are no single call, by theme: a name that is there twice comes twice as often. */
const STRUCTURES: Readonly<Record<Theme, readonly string[]>> = {
  time: ['repeat'],
  task: ['spawn', 'spawn', 'spawn', 'call', 'try', 'try', 'try', 'raise'],
  future: ['shield', 'keep'],
  loop: ['soon', 'later', 'later', 'at'],
  context: ['soon', 'spawn', 'call'],
  lock: ['with', 'with', 'with'],
  event: ['waitFor'],
  condition: ['with', 'with', 'with'],
  semaphore: ['with', 'with', 'with'],
  barrier: ['with', 'spawn'],
  queue: ['waitFor', 'spawn'],
  timeout: ['timeout', 'timeout', 'timeout', 'waitFor', 'reschedule', 'reschedule', 'try'],
  group: ['group', 'group', 'spawnIn', 'spawnIn', 'spawnIn', 'raise', 'try'],
  many: [
    'gather',
    'gather',
    'wait',
    'wait',
    'waitFor',
    'asCompleted',
    'asCompleted',
    'shield',
    'keep',
  ],
};

const LETTERS: Partial<Record<Theme, string>> = {
  lock: 'L',
  condition: 'C',
  semaphore: 'S',
  barrier: 'B',
};

/** The program of a seed: the same one on every machine. */
export function generate(seed: number): Program {
  return new Maker(seed).program();
}

/** Where a statement stands. */
interface Place {
  /** How many blocks may still be opened. */
  readonly depth: number;
  /** A `return` may stand here: not inside a block that is a function of its own in TypeScript. */
  readonly returns: boolean;
  readonly limits: boolean;
  readonly groups: boolean;
}

class Maker {
  private readonly _seed: number;
  private readonly _random: Random;
  private readonly _themes: readonly Theme[];
  private readonly _calls: readonly string[];
  private readonly _table: Table;
  private readonly _eager: boolean;
  private _ids = 0;
  /** How many statements may still be made. */
  private _budget: number;

  constructor(seed: number) {
    this._seed = seed;
    const random = (this._random = new Random(seed));
    this._budget = random.between(8, random.chance(0.2) ? 70 : 36);
    const themes: Theme[] = ['time', 'task', 'task'];
    for (let i = random.between(1, 4); i > 0; i--) themes.push(random.pick(THEMES));
    this._themes = random.chance(0.1) ? THEMES : themes;
    this._calls = Object.keys(CALLS);
    this._table = this._makeTable();
    this._eager = random.chance(0.12);
  }

  program(): Program {
    const random = this._random;
    const place = { depth: random.between(2, 4), returns: true, limits: false, groups: false };
    const tasks: Fn[] = [];
    for (let i = random.between(2, 5); i > 0; i--) tasks.push(this._fn(place));
    return {
      seed: this._seed,
      table: this._table,
      eager: this._eager,
      rescue: random.chance(0.99),
      tasks,
    };
  }

  private _makeTable(): Table {
    const random = this._random;
    const some = <T>(most: number, make: () => T): T[] =>
      Array.from({ length: random.between(1, most) }, make);
    const locks = random.between(1, NUMBERS.lock);
    return {
      futures: random.between(1, NUMBERS.future),
      locks,
      events: random.between(1, NUMBERS.event),
      conditions: some(NUMBERS.condition, () => (random.chance(0.5) ? random.below(locks) : -1)),
      semaphores: some(NUMBERS.semaphore, () => random.pick([0, 1, 1, 2, 3, -1, -1, -2])),
      barriers: some(NUMBERS.barrier, () => random.between(1, 3)),
      queues: some(NUMBERS.queue, () => ({
        kind: random.pick(['Queue', 'Queue', 'LifoQueue', 'PriorityQueue']),
        maxsize: random.pick([0, 1, 1, 2, 3]),
      })),
    };
  }

  /** How many of something the program has. */
  private _count(of: keyof typeof NUMBERS): number {
    const table = this._table;
    const counts: Partial<Record<keyof typeof NUMBERS, number>> = {
      future: table.futures,
      lock: table.locks,
      event: table.events,
      condition: table.conditions.length,
      semaphore: table.semaphores.length,
      barrier: table.barriers.length,
      queue: table.queues.length,
    };
    return counts[of] ?? NUMBERS[of];
  }

  // --- functions and blocks

  private _fn(place: Place): Fn {
    const id = ++this._ids;
    return { id, body: this._block({ ...place, returns: true }, 6) };
  }

  private _block(place: Place, most = 4): Statement[] {
    const body: Statement[] = [];
    for (let i = this._random.between(1, most); i > 0 && this._budget > 0; i--) {
      body.push(this._statement(place));
    }
    return body;
  }

  private _statement(place: Place): Statement {
    this._budget--;
    const random = this._random;
    const theme = random.chance(0.05) ? random.pick(THEMES) : random.pick(this._themes);
    const calls = this._calls.filter((name) => CALLS[name]?.theme === theme);
    const structural = calls.length === 0 || random.chance(theme === 'task' ? 0.55 : 0.4);
    if (structural && place.depth > 0) {
      const name = random.pick(STRUCTURES[theme]);
      return this._structure(name, theme, { ...place, depth: place.depth - 1 });
    }
    if (place.returns && random.chance(0.02)) return { do: 'return', b: random.below(10) };
    return this._call(calls.length === 0 ? 'sleep' : random.pick(calls));
  }

  private _call(name: string): Statement {
    const random = this._random;
    const call = CALLS[name];
    const a = call?.of === undefined ? {} : { a: random.below(this._count(call.of)) };
    const uses = `${call?.python} ${call?.typescript}`;
    const most = call?.upTo ?? 9;
    const value = uses.includes('$t')
      ? Math.min(most, random.pick(TIMES))
      : random.between(0, most);
    const b = uses.includes('$b') ? { b: value } : {};
    const raw = call?.waits !== true && random.chance(0.15) ? { raw: true } : {};
    return { do: name, ...a, ...b, ...raw };
  }

  /** What a plain callback does. */
  private _plainBlock(place: Place): Statement[] {
    const random = this._random;
    const body: Statement[] = [];
    for (let i = random.between(1, 2); i > 0; i--) {
      if (random.chance(0.06)) {
        body.push({ do: 'raise', kind: 'ValueError', b: random.below(10) });
        continue;
      }
      if (place.limits && random.chance(0.3)) {
        body.push({ do: 'reschedule', a: random.below(3), b: this._limit() });
        continue;
      }
      const theme = random.pick(this._themes);
      const names = this._calls.filter((name) => isPlain(name) && CALLS[name]?.theme === theme);
      body.push(this._call(names.length === 0 ? 'task.cancel' : random.pick(names)));
    }
    return body;
  }

  private _time(): number {
    return this._random.pick(TIMES);
  }

  /** A time limit: none, sometimes, or in the past. */
  private _limit(): number | null {
    return this._random.chance(0.1) ? null : this._random.chance(0.05) ? -4 : this._time();
  }

  // --- structures

  private _structure(name: string, theme: Theme, place: Place): Statement {
    const random = this._random;
    const block = { ...place, returns: false };
    switch (name) {
      case 'repeat':
        return { do: name, b: random.between(2, 3), body: this._block(place, 2) };
      case 'call':
        return { do: name, fn: this._fn(place) };
      case 'spawn':
        return this._spawn(theme, place);
      case 'spawnIn': {
        const eager = random.chance(0.15) ? { eager: true } : {};
        return { do: name, a: random.below(2), ...eager, fn: this._fn(place) };
      }
      case 'raise':
        return this._raise();
      case 'try':
        return this._try(place);
      case 'soon':
      case 'later':
      case 'at': {
        const b = name === 'soon' ? {} : { b: random.chance(0.05) ? -1 : this._time() };
        return { do: name, id: ++this._ids, ...b, body: this._plainBlock(place) };
      }
      case 'with': {
        const kind = LETTERS[theme] as string;
        const a = random.below(this._count(theme as 'lock'));
        return { do: name, id: ++this._ids, kind, a, body: this._block(block, 3) };
      }
      case 'timeout': {
        const kind = random.chance(0.2) ? 'timeoutAt' : 'timeout';
        const inside = { ...block, limits: true };
        return { do: name, id: ++this._ids, kind, b: this._limit(), body: this._block(inside) };
      }
      case 'reschedule':
        return { do: name, a: random.below(3), b: this._limit() };
      case 'group':
        return { do: name, id: ++this._ids, body: this._block({ ...block, groups: true }) };
      default:
        return this._many(name, place);
    }
  }

  private _spawn(theme: Theme, place: Place): Statement {
    const random = this._random;
    const eager = random.chance(0.1) ? { eager: true } : {};
    // Python refuses to start a task eagerly in the context that runs; here it may be.
    const may = !this._eager && !('eager' in eager);
    const share = theme === 'context' ? 0.5 : 0.04;
    const shared = may && random.chance(share) ? { shared: true } : {};
    return { do: 'spawn', ...eager, ...shared, fn: this._fn(place) };
  }

  private _raise(): Statement {
    const kinds = ['ValueError', 'ValueError', 'ValueError', 'RuntimeError', 'TimeoutError'];
    if (this._random.chance(0.15)) kinds.push('CancelledError', 'CancelledError');
    return { do: 'raise', kind: this._random.pick(kinds), b: this._random.below(10) };
  }

  private _try(place: Place): Statement {
    const random = this._random;
    const matches = [
      'cancelled',
      'cancelled',
      'error',
      'error',
      'timeout',
      'value',
      'any',
    ] as const;
    const handlers: Handler[] = [];
    for (let i = random.pick([0, 1, 1, 1, 2]); i > 0; i--) {
      const match = random.pick(matches);
      const again = random.chance(0.4);
      handlers.push({ match, body: random.chance(0.5) ? this._block(place, 2) : [], again });
    }
    const last = random.chance(0.5) ? { last: this._block({ ...place, returns: false }, 2) } : {};
    return { do: 'try', body: this._block(place), handlers, ...last };
  }

  private _many(name: string, place: Place): Statement {
    const random = this._random;
    const items = (most: number, onlyFutures: boolean): Item[] =>
      Array.from({ length: random.between(1, most) }, () => this._item(place, onlyFutures));
    switch (name) {
      case 'gather':
        return { do: name, items: items(4, false), ...this._returnExceptions() };
      case 'wait':
        return {
          do: name,
          items: items(4, true),
          b: random.chance(0.5) ? null : this._time(),
          returnWhen: random.pick(['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED']),
          ...(random.chance(0.3) ? { kind: 'cancel' } : {}),
        };
      case 'waitFor':
        return { do: name, item: this._item(place, false), b: this._limit() };
      case 'shield':
        return { do: name, item: this._item(place, false) };
      case 'keep':
        return { do: name, a: random.below(this._count('future')), item: this._kept() };
      default:
        return {
          do: 'asCompleted',
          items: items(4, false),
          b: random.chance(0.6) ? null : this._time(),
          kind: random.pick(['plain', 'async', 'guarded', 'guarded']),
        };
    }
  }

  /** A future that everybody sees: made of what waits for no task, so that nobody waits in a circle. */
  private _kept(): Item {
    const random = this._random;
    const names = ['future', 'future', 'sleep', 'sleep', 'event.wait', 'queue.get'];
    const item = (): Item => {
      const name = random.pick(names);
      if (name === 'future') return { is: name, a: random.below(this._count(name)) };
      const { do: is, ...fields } = this._call(name);
      return { is, ...fields };
    };
    if (random.chance(0.3)) return { is: 'shield', items: [item()] };
    const items = [item(), item(), item()].slice(random.below(3));
    return { is: 'gather', items, ...this._returnExceptions() };
  }

  private _returnExceptions(): { returnExceptions?: true } {
    return this._random.chance(0.4) ? { returnExceptions: true } : {};
  }

  /** What sort of item; `deep`: one with others inside may still be made. */
  private _sort(deep: boolean, onlyFutures: boolean): string {
    const random = this._random;
    const plain = ['task', 'task', 'future', 'future'];
    const calls = ['queue.get', 'queue.put', 'event.wait', 'lock.acquire', 'semaphore.acquire'];
    const rest = deep
      ? ['call', 'call', 'call', 'call', 'gather', 'shield', 'waitFor', 'sleep', 'sleep']
      : ['sleep', 'sleep', 'sleep'];
    const futures = deep ? ['spawn', 'spawn', 'spawn'] : [];
    return random.pick([
      ...plain,
      ...(onlyFutures ? futures : [...rest, random.pick(calls), random.pick(calls)]),
    ]);
  }

  private _item(place: Place, onlyFutures: boolean): Item {
    const nested = { ...place, depth: place.depth - 1 };
    const is = this._sort(place.depth > 0 && this._budget > 0, onlyFutures);
    switch (is) {
      case 'task':
      case 'future':
        return { is, a: this._random.below(this._count(is)) };
      case 'call':
      case 'spawn':
        return { is, fn: this._fn(nested) };
      case 'gather': {
        const items = [this._item(nested, false), this._item(nested, false)];
        return { is, items, ...this._returnExceptions() };
      }
      case 'shield':
        return { is, items: [this._item(nested, false)] };
      case 'waitFor':
        return { is, items: [this._item(nested, false)], b: this._limit() };
      default: {
        const { do: name, ...fields } = this._call(is);
        return { is: name, ...fields };
      }
    }
  }
}
