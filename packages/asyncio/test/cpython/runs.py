"""Programs under `asyncio.run` and `asyncio.Runner` that end in odd ways, on virtual time, with the traces of CPython.

    python3.13 -W ignore runs.py > runs.json

`runs.test.ts` holds the same programs, by the same names, over this library.
"""
import asyncio
import json
import sys
from asyncio import CancelledError, Runner, TaskGroup, create_task, current_task, sleep

PROGRAMS = {}
TRACE = []


def program(function):
    PROGRAMS[function.__name__] = function
    return function


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self._now = 0.0
        self._clock_resolution = 1e-9
        self._selector.select = self._jump
        self.set_exception_handler(self._reported)

    def _jump(self, seconds):
        if seconds is None:
            raise RuntimeError('stuck')
        self._now += max(0, seconds)
        return []

    def time(self):
        return self._now

    def _reported(self, loop, context):
        message = context['message']
        kind = ('pending' if 'pending' in message else 'never retrieved' if 'never retrieved' in message
                else 'not propagated' if 'not propagated' in message
                else 'shutdown' if 'shutdown' in message else 'closing' if 'closing' in message
                else 'callback' if 'callback' in message else message)
        log('reported', kind, name_of(context.get('exception')))


def name_of(error):
    if error is None:
        return 'null'
    if isinstance(error, BaseExceptionGroup):
        return f'ExceptionGroup[{", ".join(name_of(one) for one in error.exceptions)}]'
    if isinstance(error, ValueError):
        return f'ValueError({error})'
    return type(error).__name__


def log(*words):
    TRACE.append(' '.join('null' if word is None else str(word) for word in words))


def run(main):
    runner = Runner(loop_factory=VirtualLoop)
    for name, step in (('run', lambda: runner.run(main)), ('close', runner.close)):
        try:
            log(name, 'gave', step())
        except BaseException as error:
            log(name, 'raised', name_of(error))
    log('closed', runner._loop is None)


async def say(name, seconds, error=None):
    try:
        await sleep(seconds)
    except CancelledError:
        log(name, 'cancelled')
        raise
    log(name, 'slept')
    if error is not None:
        raise error


async def cleaning(name, error=None, seconds=0):
    """Sleeps; when it is cancelled it cleans up, and fails with this."""
    try:
        await sleep(100)
    finally:
        await sleep(seconds)
        log(name, 'cleaned up')
        if error is not None:
            raise error


@program
def interrupt_in_main():
    async def main():
        create_task(cleaning('child', None, 1))
        await sleep(1)
        raise KeyboardInterrupt
    run(main())


@program
def interrupt_in_a_child():
    async def main():
        create_task(say('child', 1, KeyboardInterrupt()))
        create_task(cleaning('other'))
        await say('main', 5)
    run(main())


@program
def interrupt_in_a_child_of_a_group():
    async def main():
        async with TaskGroup() as group:
            group.create_task(say('child', 1, SystemExit(3)))
            group.create_task(cleaning('other', None, 1))
            await say('body', 5)
    run(main())


@program
def interrupt_in_a_callback():
    def interrupt():
        raise KeyboardInterrupt

    async def main():
        asyncio.get_running_loop().call_later(1, interrupt)
        await say('main', 5)
    run(main())


@program
def interrupt_in_a_done_callback():
    def interrupt(task):
        raise SystemExit(1)

    async def main():
        child = create_task(say('child', 1))
        child.add_done_callback(interrupt)
        await child
        log('main goes on')
        await say('main', 5)
    run(main())


@program
def interrupt_in_the_cleanup_of_a_leftover():
    async def main():
        create_task(cleaning('one', KeyboardInterrupt()))
        create_task(cleaning('two', None, 1))
        await sleep(1)
        return 'main'
    run(main())


@program
def interrupt_twice():
    async def main():
        create_task(cleaning('one', KeyboardInterrupt()))
        create_task(say('two', 1, SystemExit(1)))
        await say('main', 5)
    run(main())


@program
def errors_of_main_and_leftovers():
    async def main():
        create_task(cleaning('one', ValueError('one'), 1))
        await sleep(1)
        raise ValueError('main')
    run(main())


@program
def main_cancels_itself_and_a_leftover_swallows():
    async def swallows():
        try:
            await sleep(100)
        except CancelledError:
            log('swallowed')
        await sleep(1)
        log('over')

    async def main():
        create_task(swallows())
        await sleep(0)
        current_task().cancel()
        await sleep(1)
    run(main())


@program
def a_leftover_fails_before_the_end():
    async def main():
        create_task(say('child', 1, ValueError('child')))
        await sleep(2)
        return 'main'
    run(main())


@program
def generators_left_half_way():
    async def numbers(name, error=None):
        try:
            yield 1
            yield 2
        finally:
            await sleep(1)
            log(name, 'closed')
            if error is not None:
                raise error
    kept = []

    async def main():
        one = numbers('one', ValueError('one'))
        kept.append(one)
        log(await anext(one))
        await sleep(1)
        raise ValueError('main')
    run(main())


@program
def a_runner_after_an_interrupt():
    runner = Runner(loop_factory=VirtualLoop)
    kept = []

    async def first():
        kept.append(create_task(cleaning('left')))
        create_task(say('interrupts', 1, KeyboardInterrupt()))
        await say('first', 3)

    async def second():
        await say('second', 1)
        return len(asyncio.all_tasks())
    for main in (first(), second()):
        try:
            log('gave', runner.run(main))
        except BaseException as error:
            log('raised', name_of(error))
    runner.close()
    log('closed')


@program
def a_stop_in_main():
    async def main():
        asyncio.get_running_loop().stop()
        await say('main', 1)
        return 'main'
    run(main())


@program
def a_cancel_of_main_that_it_swallows():
    async def main():
        task = current_task()
        asyncio.get_running_loop().call_later(1, task.cancel)
        try:
            await sleep(5)
        except CancelledError:
            log('swallowed')
        await say('main', 1)
        return task.cancelling()
    run(main())


if __name__ == '__main__':
    traces = {}
    for name, function in PROGRAMS.items():
        TRACE.clear()
        function()
        traces[name] = list(TRACE)
    json.dump(traces, sys.stdout, indent=1)
    print()
