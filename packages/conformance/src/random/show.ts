import { isCancelledError, isfuture } from '@asyncio-ts/futures';
import { BaseExceptionGroup } from '@asyncio-ts/tasks';

const ours = /^[a-z]\d+$/;

/** Values as both languages write them. */
export class Labels {
  private readonly _labels = new Map<object, string>();

  add<F extends object>(future: F, name: string): F {
    this._labels.set(future, name);
    return future;
  }

  of(future: object): string | undefined {
    return this._labels.get(future);
  }

  readonly show = (value: unknown): string => {
    if (value === null || value === undefined) return 'none';
    if (isfuture(value)) return this._labels.get(value) ?? 'a future';
    if (Array.isArray(value)) return `[${value.map(this.show).join(', ')}]`;
    if (value instanceof Error || isCancelledError(value)) return this._showError(value);
    return String(value);
  };

  private _showError(error: Error): string {
    if (error instanceof BaseExceptionGroup) {
      return `${error.name}[${error.exceptions.map(this.show).join(', ')}]`;
    }
    // What the library says of an error is not compared, only what the program said.
    return ours.test(error.message) ? `${error.name}(${error.message})` : error.name;
  }
}
