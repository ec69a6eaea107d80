"""The player of the corner programs: each runs on a loop of its own, on virtual time, and leaves a trace.

`player.ts` is the same over this library. A line of a trace is the time in seconds and what happened then.
"""
import asyncio
from asyncio import CancelledError, TaskGroup, current_task, sleep

PROGRAMS = {}


class ByAge(dict):
    """CPython keeps the children of a group, and what it waits for, in sets, whose order is nobody's promise.

    Here it is that of their age.
    """

    def __init__(self, items=()):
        super().__init__(dict.fromkeys(items))

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)


def init(group, original=TaskGroup.__init__):
    original(group)
    group._tasks = ByAge()


TaskGroup.__init__ = init
asyncio.tasks.set = ByAge


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self._now = 0.0
        self._clock_resolution = 1e-9
        self._selector.select = self._jump

    def _jump(self, seconds):
        if seconds is None:
            raise RuntimeError('stuck')
        self._now += max(0, seconds)
        return []

    def time(self):
        return self._now

    def advance(self, seconds):
        self._now += seconds


class E(Exception):
    pass


def name_of(error):
    if error is None:
        return 'null'
    if isinstance(error, BaseExceptionGroup):
        kind = 'ExceptionGroup' if isinstance(error, Exception) else 'BaseExceptionGroup'
        return f'{kind}{text([name_of(one) for one in error.exceptions])}'
    if isinstance(error, (CancelledError, E, ValueError)):
        return f'{type(error).__name__}({", ".join(map(text, error.args))})'
    return type(error).__name__


def text(value):
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f'[{", ".join(map(text, value))}]'
    return str(value)


def outcome(future):
    if not future.done():
        return 'pending'
    if future.cancelled():
        return 'cancelled'
    error = future.exception()
    return text(future.result()) if error is None else name_of(error)


class Scene:
    def __init__(self):
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self.reported)
        self.trace = []

    def reported(self, loop, context):
        self.log('reported', *context['message'].split(' ')[:3], name_of(context.get('exception')))

    def log(self, *words):
        self.trace.append(f'{self.loop.time():g} {" ".join(map(text, words))}')

    async def attempt(self, name, awaitable):
        try:
            self.log(name, 'gave', await awaitable)
        except BaseException as error:
            self.log(name, 'raised', name_of(error), 'cancelling', current_task().cancelling())

    def waiter(self, name, awaitable):
        """A task that says what it gets, and ends so itself."""
        async def go():
            try:
                self.log(name, 'gave', await awaitable)
            except BaseException as error:
                self.log(name, 'raised', name_of(error))
                raise
        return self.task(go())

    async def say(self, name, seconds, error=None):
        """Sleeps, says so, and fails if it is told to."""
        try:
            await sleep(seconds)
            self.log(name, 'slept')
        except CancelledError:
            self.log(name, 'cancelled')
            raise
        if error is not None:
            raise error
        return name

    async def stubborn(self, name, seconds, again, error=None):
        """Swallows its cancel, and then sleeps again."""
        try:
            await sleep(seconds)
        except CancelledError:
            self.log(name, 'swallowed')
        await sleep(again)
        self.log(name, 'over')
        if error is not None:
            raise error

    def at(self, when, function, *args):
        return self.loop.call_at(when, function, *args)

    def task(self, coroutine, **options):
        return self.loop.create_task(coroutine, **options)

    def future(self):
        return self.loop.create_future()


def play(function):
    scene = Scene()
    if asyncio.iscoroutinefunction(function):
        try:
            scene.log('returned', scene.loop.run_until_complete(function(scene)))
        except BaseException as error:
            scene.log('raised', name_of(error))
    else:
        function(scene)
    scene.loop.close()
    return scene.trace


def corner(function):
    """A corner program; its topic is its module."""
    PROGRAMS.setdefault(function.__module__, {})[function.__name__] = function
    return function


def traces():
    return {topic: {name: play(program) for name, program in programs.items()}
            for topic, programs in PROGRAMS.items()}
