"""What a random program uses besides asyncio: the things its tasks share, and the trace.

`src/random/world.ts` is the same for TypeScript.
"""
import asyncio
import contextvars
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir))

from virtual_loop import OrderedSet, Stuck, VirtualLoop  # noqa: E402

OURS = re.compile(r'[a-z]\d+')
# Enough for whatever a program does by itself; then the main task cancels whoever is left.
PATIENCE = 1000


class TaskGroup(asyncio.TaskGroup):
    """As of 3.14: a child that ended within `create_task` is heard of in the next turn, as any other."""

    def create_task(self, coro, *, eager_start=False, context=None):
        if not self._entered or (self._exiting and not self._tasks) or self._aborting:
            coro.close()
            raise RuntimeError('the group takes no tasks')
        task = make(self._loop, coro, eager_start, context)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        return task


def report_failure(inner):
    if not inner.cancelled() and inner.exception() is not None:
        error = inner.exception()
        inner.get_loop().call_exception_handler({
            'message': f'{type(error).__name__} exception in shielded future',
            'exception': error,
            'future': inner,
        })


def shield(arg):
    """As of 3.14: a failure after the shield was cancelled is reported; at once, when both end in one turn."""
    inner = asyncio.ensure_future(arg)
    if inner.done():
        return inner
    outer = inner.get_loop().create_future()

    def inner_done(inner):
        if outer.cancelled():
            report_failure(inner)
        elif inner.cancelled():
            outer.cancel()
        elif inner.exception() is not None:
            outer.set_exception(inner.exception())
        else:
            outer.set_result(inner.result())

    def outer_done(outer):
        if not inner.done():
            inner.remove_done_callback(inner_done)
            inner.remove_done_callback(report_failure)
            inner.add_done_callback(report_failure)

    inner.add_done_callback(inner_done)
    outer.add_done_callback(outer_done)
    return outer


def gather(*awaitables, return_exceptions=False, plain=asyncio.gather):
    """An error that becomes a result counts as retrieved when it comes, not when the last one has come."""
    outer = plain(*awaitables, return_exceptions=return_exceptions)
    for child in outer._children if return_exceptions else ():
        if not child.done():
            child.add_done_callback(lambda child: child.cancelled() or child.exception())
    return outer


asyncio.shield = shield
asyncio.gather = gather


def make(loop, coro, eager, context=None):
    if not eager:
        return loop.create_task(coro, context=context)
    return asyncio.Task(coro, loop=loop, eager_start=True, context=context)


class World:
    def __init__(self, loop, table, rescue):
        self.loop = loop
        self.rescue = rescue
        self.trace = []
        self.labels = {}
        self.tasks = []
        self.ages = {}
        self.callbacks = {}
        self.tokens = {}
        self.F = [self.label(loop.create_future(), f'F{i}') for i in range(table['futures'])]
        self.L = [asyncio.Lock() for _ in range(table['locks'])]
        self.E = [asyncio.Event() for _ in range(table['events'])]
        self.C = [asyncio.Condition(None if i < 0 else self.L[i]) for i in table['conditions']]
        self.S = [asyncio.Semaphore(n) if n >= 0 else asyncio.BoundedSemaphore(-n) for n in table['semaphores']]
        self.B = [asyncio.Barrier(n) for n in table['barriers']]
        self.Q = [getattr(asyncio, q['kind'])(q['maxsize']) for q in table['queues']]
        self.V = [contextvars.ContextVar(f'v{i}', default=0) for i in range(2)]
        self.N = [0]
        self.H = []
        self.nothing = self.label(loop.create_future(), 'nothing')
        self.nothing.set_result(None)
        loop.set_exception_handler(self.report)

    def names(self):
        """What a program sees."""
        seen = ('loop F L E C S B Q V N H log attempt spawn task cancel uncancel cancelling look watch unwatch me_uncancel'
                ' me_cancelling renew keep callback drop dropped put reset bump names_of cancel_all label')
        found = {name: getattr(self, name) for name in seen.split()}
        found.update(asyncio=asyncio, TaskGroup=TaskGroup)
        return found

    # --- the trace

    def label(self, future, name):
        self.labels[future] = name
        return future

    def show(self, value):
        if value is None:
            return 'none'
        if value is True or value is False:
            return 'true' if value else 'false'
        if isinstance(value, BaseException):
            return self.show_error(value)
        if isinstance(value, (list, tuple)):
            return '[' + ', '.join(map(self.show, value)) + ']'
        if asyncio.isfuture(value):
            return self.labels.get(value, 'a future')
        return str(value)

    def show_error(self, error):
        name = type(error).__name__
        if isinstance(error, BaseExceptionGroup):
            return f'{name}[' + ', '.join(map(self.show, error.exceptions)) + ']'
        text = str(error)
        # What the library says of an error is not compared, only what the program said.
        return f'{name}({text})' if OURS.fullmatch(text) else name

    def log(self, who, *what):
        self.trace.append(f'{int(self.loop.time() * 8)} {who} ' + ' '.join(map(self.show, what)))

    def attempt(self, who, what, do):
        try:
            result = do()
        except BaseException as error:
            self.log(who, what, 'failed', error)
        else:
            self.log(who, what, result)

    def report(self, loop, context):
        message = context['message']
        if 'never retrieved' in message or 'destroyed' in message:
            return
        if message.startswith('Exception in callback'):
            message = 'callback failed'
        self.log('report', message, context.get('exception'))

    # --- tasks

    def age(self, task):
        """Tasks wait only for younger ones, so that they never wait in a circle: cancelling that would never end."""
        return self.ages.setdefault(task, len(self.ages))

    def spawn(self, function, group=None, eager=False, shared=False):
        coro = function()
        context = asyncio.current_task().get_context() if shared else None
        if group is None:
            task = make(self.loop, coro, eager, context)
        else:
            task = group.create_task(coro, eager_start=eager, context=context)
        self.label(task, f'T{len(self.tasks)}')
        self.tasks.append(task)
        self.age(task)
        return task

    def task(self, k):
        if k >= len(self.tasks):
            return self.nothing
        me = asyncio.current_task()
        if me is not None and self.age(self.tasks[k]) <= self.age(me):
            return self.nothing
        return self.tasks[k]

    def cancel(self, k, message=None):
        return self.tasks[k].cancel(message) if k < len(self.tasks) else None

    def uncancel(self, k):
        return self.tasks[k].uncancel() if k < len(self.tasks) else None

    def cancelling(self, k):
        return self.tasks[k].cancelling() if k < len(self.tasks) else None

    def look(self, k):
        if k >= len(self.tasks):
            return None
        task = self.tasks[k]
        if not task.done():
            return 'pending'
        return task.exception() or task.result()

    def watch(self, k, n):
        return self.tasks[k].add_done_callback(self.callback(n)) if k < len(self.tasks) else None

    def unwatch(self, k, n):
        return self.tasks[k].remove_done_callback(self.callback(n)) if k < len(self.tasks) else None

    def me_uncancel(self):
        return asyncio.current_task().uncancel()

    def me_cancelling(self):
        return asyncio.current_task().cancelling()

    # --- futures, callbacks, context

    def renew(self, i):
        if not self.F[i].done():
            return False
        self.F[i] = self.label(self.loop.create_future(), f'{self.labels[self.F[i]]}+')
        return True

    def keep(self, i, future):
        self.F[i] = self.label(future, f'{self.labels[self.F[i]]}*')

    def callback(self, n):
        if n not in self.callbacks:
            self.callbacks[n] = lambda future: self.log(f'callback{n}', future, self.V[0].get())
        return self.callbacks[n]

    def drop(self, k):
        return self.H[k].cancel() if k < len(self.H) else None

    def dropped(self, k):
        return self.H[k].cancelled() if k < len(self.H) else None

    def put(self, i, value):
        self.tokens[i] = self.V[i].set(value)

    def reset(self, i):
        if i in self.tokens:
            self.V[i].reset(self.tokens[i])

    def bump(self):
        self.N[0] += 1
        return self.N[0]

    # --- many

    def names_of(self, futures):
        return sorted(map(self.show, futures))

    def cancel_all(self, futures):
        for future in sorted(futures, key=self.show):
            future.cancel('w0')

    # --- the play

    async def main(self, functions):
        for function in functions:
            self.spawn(function)
        if self.rescue:
            await asyncio.sleep(PATIENCE)
            await self.rescue_all()
        else:
            # Those that come meanwhile are waited for as well.
            for task in self.tasks:
                await asyncio.wait([task])

    async def rescue_all(self):
        for n in range(12):
            left = [task for task in self.tasks if not task.done()]
            if not left:
                return
            for task in left:
                self.log('main', 'cancels', task, task.cancelling())
                task.cancel(f'x{n}')
            await asyncio.sleep(50)

    def play(self, functions):
        try:
            self.loop.run_until_complete(self.main(functions))
        except Stuck:
            self.log('main', 'deadlock')
        self.loop.set_exception_handler(lambda loop, context: None)
        for future in self.tasks + self.F:
            self.log('end', future, *self.state(future))
        self.log('end', [lock.locked() for lock in self.L], [event.is_set() for event in self.E],
                 [semaphore._value for semaphore in self.S], [barrier.n_waiting for barrier in self.B],
                 [queue.qsize() for queue in self.Q], [queue._unfinished_tasks for queue in self.Q])

    def state(self, future):
        requests = future.cancelling() if isinstance(future, asyncio.Task) else 0
        if not future.done():
            return 'pending', requests
        if future.cancelled():
            return 'cancelled', requests
        unretrieved = future._log_traceback
        if future.exception() is not None:
            return 'failed', future.exception(), requests, unretrieved
        return 'gave', future.result(), requests


def run(program, table, eager=False, rescue=True):
    """Plays a program, whose free names are given to it. Returns its trace."""
    loop = VirtualLoop(keep=False)
    if eager:
        loop.set_task_factory(asyncio.eager_task_factory)
    world = World(loop, table, rescue)
    program.__globals__.update(world.names())
    world.play(program())
    trace = list(world.trace)
    loop.close()
    return trace
