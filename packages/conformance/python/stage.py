"""What the programs share: `src/stage.ts`, and how a value is shown in a trace, as `src/show.ts` says it."""
import asyncio
import json


class Boom(Exception):
    """The programs' own error; its text is shown, that of the library's errors is not."""


def soon(seconds, callback, *args):
    return asyncio.get_running_loop().call_later(seconds, callback, *args)


def show(value):
    if value is None or isinstance(value, (bool, str)):
        return str(value)
    if isinstance(value, (int, float)):
        return number(value)
    if isinstance(value, (bytes, bytearray)):
        return 'b' + json.dumps(value.decode('latin-1'))
    if isinstance(value, (list, tuple)):
        return f'[{", ".join(map(show, value))}]'
    if isinstance(value, BaseExceptionGroup):
        return f'{type(value).__name__}[{", ".join(map(show, value.exceptions))}]'
    if isinstance(value, Boom):
        return f'Boom({value})'
    if isinstance(value, BaseException):
        return type(value).__name__
    raise TypeError(f'Cannot show this {type(value).__name__} in a trace')


def number(value):
    return f'{value:.6f}'.rstrip('0').rstrip('.') if isinstance(value, float) else str(value)
