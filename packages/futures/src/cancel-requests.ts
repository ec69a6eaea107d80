import { type CancelScope, isWithin } from './cancel-scope.js';

/**
 * The cancel requests of a task: how many, for which part of it, and which of them nobody was given yet.
 *
 * Parts are scopes; null is the whole task. A request is seen from the part it is meant for and from all that lies inside, not
 * from other branches: in `Promise.all([a(), b()])` a time limit that is reached in `a` is nothing to one in `b`.
 */
export class CancelRequests {
  /** How many were not taken back. */
  count = 0;
  /** Invariant: no longer than `count`; those of them that are meant for a part only. */
  private readonly _scopes: CancelScope[] = [];
  /** Those that found nothing to cancel: the next step, or the next wait, inside is given the CancelledError. */
  private readonly _due: (CancelScope | null)[] = [];

  add(scope: CancelScope | null): void {
    this.count++;
    if (scope !== null) this._scopes.push(scope);
  }

  /** Takes one back, if there is one: one of this scope, else one of the whole task. */
  takeBack(scope: CancelScope | null): void {
    if (this.count === 0) return;
    this.count--;
    const at = scope === null ? -1 : this._scopes.lastIndexOf(scope);
    if (at >= 0) this._scopes.splice(at, 1);
    else if (this._scopes.length > this.count) this._scopes.pop();
    if (this.count === 0) this._due.length = 0;
  }

  /** How many are meant for this scope or for what is around it. */
  seenFrom(scope: CancelScope | null): number {
    let seen = this.count;
    for (const other of this._scopes) if (!isWithin(scope, other)) seen--;
    return seen;
  }

  /** It found nothing to cancel. Two that wait for the same part are one. */
  postpone(scope: CancelScope | null): void {
    if (!this._due.includes(scope)) this._due.push(scope);
  }

  /** Whether one waits for whoever stands in this scope. */
  isDue(scope: CancelScope | null): boolean {
    for (const due of this._due) if (isWithin(scope, due)) return true;
    return false;
  }

  /** Whoever stands in this scope was given the CancelledError: for all that waited for it. @returns whether others wait. */
  delivered(scope: CancelScope | null): boolean {
    return this._keepDue((due) => !isWithin(scope, due));
  }

  /** What waited inside this scope is forgotten. @returns whether others wait. */
  forgetWithin(scope: CancelScope): boolean {
    return this._keepDue((due) => !isWithin(due, scope));
  }

  /** The scope is gone; what still waits for it is for whoever is around it. */
  handOver(scope: CancelScope): void {
    const at = this._due.indexOf(scope);
    if (at < 0) return;
    this._due.splice(at, 1);
    this.postpone(scope.parent);
  }

  private _keepDue(keep: (due: CancelScope | null) => boolean): boolean {
    let kept = 0;
    for (const due of this._due) if (keep(due)) this._due[kept++] = due;
    this._due.length = kept;
    return kept > 0;
  }
}
