"""CPython's own event loop on a clock that jumps, and with the choices made that CPython leaves open.

What differs from a plain loop, all of it in this file (and in `docs/design/differences.md`, "How CPython is asked"):

1. The clock jumps over every wait, unless a socket is open: then the loop waits for that.
2. Equal deadlines go by creation; a heap leaves their order open.
3. Where asyncio iterates a set, the order is that of creation or of the arguments: the tasks of a TaskGroup that is
   aborted, the arguments of `wait` and `as_completed`, the leftover tasks that a Runner cancels.
4. Futures and tasks are kept until `release`: an error that nobody retrieved is reported then, not whenever the last
   reference goes.
5. Nothing ready, no timer, no socket: `Stuck` is raised, where a plain loop waits for ever.
"""
import asyncio
import gc
import heapq
from asyncio import runners, taskgroups, tasks

# How long a socket may take, in seconds, before the loop counts as stuck.
PATIENCE = 20


class Stuck(Exception):
    """Nothing can ever happen again."""


class OrderedSet(dict):
    """A set that is iterated in the order in which its members came."""

    def __init__(self, members=()):
        super().__init__((member, None) for member in members)

    def add(self, member):
        self[member] = None

    def discard(self, member):
        self.pop(member, None)

    remove = dict.__delitem__


class Timer(asyncio.TimerHandle):
    __slots__ = ('_order',)
    made = 0

    def __init__(self, *args):
        super().__init__(*args)
        Timer.made += 1
        self._order = Timer.made

    def __lt__(self, other):
        return (self._when, self._order) < (other._when, other._order)


class VirtualLoop(asyncio.SelectorEventLoop):
    """`keep=False`: futures and tasks are not kept, for programs that look at no report."""

    def __init__(self, keep=True):
        super().__init__()
        self._now = 0.0
        self._clock_resolution = 1e-9
        self._really_select = self._selector.select
        self._selector.select = self._select
        self._kept = [] if keep else None

    def time(self):
        return self._now

    def _select(self, timeout):
        # One file is always registered: the loop's own, for signals and threads.
        if len(self._selector.get_map()) > 1:
            events = self._really_select(0 if timeout == 0 else PATIENCE)
            if not events and timeout != 0:
                raise Stuck
            return events
        if timeout is None:
            raise Stuck
        self._now += timeout
        return []

    def call_at(self, when, callback, *args, context=None):
        if when is None:
            raise TypeError('when cannot be None')
        self._check_closed()
        timer = Timer(when, callback, args, self, context)
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def create_future(self):
        return self._keep(super().create_future())

    def create_task(self, coro, **options):
        return self._keep(super().create_task(coro, **options))

    def _keep(self, future):
        if self._kept is not None:
            self._kept.append(future)
        return future

    def release(self):
        """Lets go of futures and tasks, the oldest first: what nobody retrieved is reported now."""
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.reverse()
            while kept:
                kept.pop()
            gc.collect()


class OrderedAsCompleted(tasks._AsCompletedIterator):
    def __init__(self, aws, timeout):
        self._done = asyncio.Queue()
        self._timeout_handle = None
        loop = asyncio.get_event_loop()
        todo = OrderedSet(asyncio.ensure_future(aw, loop=loop) for aw in OrderedSet(aws))
        for future in todo:
            future.add_done_callback(self._handle_completion)
        if todo and timeout is not None:
            self._timeout_handle = loop.call_later(timeout, self._handle_timeout)
        self._todo = todo
        self._todo_left = len(todo)


def in_order(all_tasks):
    def ordered(loop=None):
        kept = getattr(loop or asyncio.get_running_loop(), '_kept', None) or ()
        found = all_tasks(loop)
        ordered = OrderedSet(task for task in kept if task in found)
        ordered.update(OrderedSet(found))
        return ordered
    return ordered


def install():
    """Makes the choices of 3, for every loop of this process."""
    taskgroups.set = OrderedSet
    tasks.set = OrderedSet
    tasks._AsCompletedIterator = OrderedAsCompleted
    runners.tasks.all_tasks = in_order(tasks.all_tasks)


install()
