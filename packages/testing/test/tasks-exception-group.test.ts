import { inspect } from 'node:util';

import { describe, expect, test } from '@jest/globals';
import { isPythonBaseException, KeyboardInterrupt, ValueError } from '@asyncio-ts/loop';
import { CancelledError } from '@asyncio-ts/futures';
import { BaseExceptionGroup, ExceptionGroup } from '@asyncio-ts/tasks';

describe('ExceptionGroup', () => {
  const nested = (): ExceptionGroup =>
    new ExceptionGroup('outer', [
      new TypeError('one'),
      new ExceptionGroup('inner', [new TypeError('two'), new RangeError('three')]),
      new RangeError('four'),
    ]);

  test('it is an AggregateError with a message and errors', () => {
    const group = nested();
    expect(group).toBeInstanceOf(AggregateError);
    expect(group).toBeInstanceOf(BaseExceptionGroup);
    expect(group.message).toBe('outer');
    expect(group.exceptions).toBe(group.errors);
    expect(group.exceptions.length).toBe(3);
    expect(String(group)).toBe('ExceptionGroup: outer (3 sub-exceptions)');
    expect(inspect(group)).toContain('ExceptionGroup');
    expect(new ExceptionGroup('m', [1], { cause: 'why' }).cause).toBe('why');
  });

  test('a BaseExceptionGroup of ordinary errors is an ExceptionGroup', () => {
    expect(new BaseExceptionGroup('m', [new Error('x')])).toBeInstanceOf(ExceptionGroup);
    const base = new BaseExceptionGroup('m', [new Error('x'), new CancelledError()]);
    expect(base).not.toBeInstanceOf(ExceptionGroup);
    expect(base.name).toBe('BaseExceptionGroup');
    expect(isPythonBaseException(base)).toBe(true);
    expect(isPythonBaseException(nested())).toBe(false);
    expect(isPythonBaseException(new BaseExceptionGroup('m', [base]))).toBe(true);
  });

  test('what it cannot hold', () => {
    expect(() => new ExceptionGroup('m', [])).toThrow(ValueError);
    expect(() => new ExceptionGroup('m', new Error('x') as never)).toThrow(TypeError);
    expect(() => new ExceptionGroup('m', [new KeyboardInterrupt()])).toThrow(/Cannot nest/);
  });

  test('split and subgroup keep the shape', () => {
    const [types, ranges] = nested().split(TypeError);
    expect(shape(types)).toEqual(['one', ['two']]);
    expect(shape(ranges)).toEqual([['three'], 'four']);
    expect(shape(nested().subgroup([TypeError, RangeError]))).toEqual(shape(nested()));
    expect(shape(nested().subgroup((error) => (error as Error).message === 'two'))).toEqual([
      ['two'],
    ]);
    expect(nested().subgroup(SyntaxError)).toBeNull();
    expect(nested().split(SyntaxError)[0]).toBeNull();
    const group = nested();
    expect(group.split(ExceptionGroup)).toEqual([group, null]);
    expect(() => group.split(1 as never)).toThrow(TypeError);
  });

  test('parts keep the cause and the stack', () => {
    const group = new ExceptionGroup('m', [new TypeError('x'), new Error('y')], { cause: 'why' });
    const part = group.subgroup(TypeError);
    expect(part?.cause).toBe('why');
    expect(part?.stack).toBe(group.stack);
    expect(part?.message).toBe('m');
  });

  test('derive lets a subclass keep its class', () => {
    class Coded<E> extends ExceptionGroup<E> {
      override derive<P>(exceptions: readonly P[]): Coded<P> {
        return new Coded(this.message, exceptions);
      }
    }
    const group = new Coded('m', [new TypeError('x'), new Error('y')]);
    expect(group.subgroup(TypeError)).toBeInstanceOf(Coded);
    expect(nested().derive([new Error('z')])).toBeInstanceOf(ExceptionGroup);
  });
});

type Shape = string | Shape[];

function shape(group: BaseExceptionGroup | null): Shape[] {
  return (group?.exceptions ?? []).map((error) =>
    error instanceof BaseExceptionGroup ? shape(error) : (error as Error).message,
  );
}
