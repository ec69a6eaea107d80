"""Makes random programs, runs them under CPython's asyncio on virtual time and writes them with their traces.

    python3.13 -W ignore random_programs.py > random-programs.json

`random-program.ts` is the same interpreter over this library. What CPython leaves to the order of a set (the children of
a TaskGroup that are cancelled, the tasks `wait` gives back) is not asked for.
"""
import asyncio
import json
import random
import sys

FUTURES = 6


class Stuck(Exception):
    pass


class VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self):
        super().__init__()
        self._now = 0.0
        self._clock_resolution = 1e-9
        self._selector.select = self._jump

    def _jump(self, timeout):
        if timeout is None:
            raise Stuck
        self._now += max(0, timeout)
        return []

    def time(self):
        return self._now


PLAIN = ['log', 'yield', 'yield', 'awaitFuture', 'awaitFuture', 'setFuture', 'setFuture', 'failFuture', 'cancelFuture',
         'awaitTask', 'awaitTask', 'cancelTask', 'cancelTask', 'cancelSelf', 'uncancel', 'callSoon', 'taskCallback',
         'futureCallback', 'raise', 'spawn']
TIMED = ['sleep', 'sleep', 'callLater', 'setLater']
NESTED = ['call', 'call', 'call', 'try', 'try', 'try', 'spawn', 'spawn', 'spawn']
COMBINED = ['gather', 'gather', 'shield']
COMBINED_TIMED = ['timeout', 'timeout', 'waitFor', 'wait']


class Maker:
    """`timed`: with clocks; `combined`: with gather, shield, timeout, wait_for and wait."""

    def __init__(self, seed, timed, combined):
        self.random = random.Random(seed)
        self.timed = timed
        self.combined = combined
        self.delays = 0

    def delay(self):
        # No two deadlines are equal: CPython does not say which of them would come first.
        self.delays += 1
        return round(self.random.randint(1, 60) / 10 + self.delays * 0.00137, 6)

    def program(self):
        return [self.body(3) for _ in range(self.random.randint(2, 4))]

    def body(self, depth):
        return [self.step(depth) for _ in range(self.random.randint(1, 5))]

    def bodies(self, depth):
        return [self.body(depth) for _ in range(self.random.randint(1, 3))]

    def step(self, depth):
        names = PLAIN + (TIMED if self.timed else [])
        if depth > 0:
            names += NESTED + (COMBINED if self.combined else [])
            names += COMBINED_TIMED if self.combined and self.timed else []
        name = self.random.choice(names)
        if name == 'raise' and self.random.random() < 0.6:
            name = 'yield'
        step = {'do': name}
        if name in ('awaitFuture', 'setFuture', 'failFuture', 'cancelFuture', 'futureCallback', 'setLater'):
            step['future'] = self.random.randrange(FUTURES)
        if name in ('awaitTask', 'cancelTask', 'taskCallback'):
            step['task'] = self.random.randrange(12)
        if name in ('sleep', 'callLater', 'setLater', 'timeout', 'waitFor', 'wait'):
            step['delay'] = self.delay()
        if name == 'spawn' and depth == 0:
            step['body'] = [{'do': 'log'}]
        elif name in ('spawn', 'call', 'try', 'timeout', 'waitFor', 'shield'):
            step['body'] = self.body(depth - 1)
        if name in ('gather', 'wait'):
            step['bodies'] = self.bodies(depth - 1)
        if name == 'try':
            step['then'] = self.random.choice(['swallow', 'rethrow', 'rethrow', 'uncancel'])
            step['cleanup'] = self.body(0) if self.random.random() < 0.5 else []
        if name == 'gather':
            step['returnExceptions'] = self.random.random() < 0.5
        if name == 'wait':
            step['returnWhen'] = self.random.choice(['FIRST_COMPLETED', 'FIRST_EXCEPTION', 'ALL_COMPLETED'])
        return step


def name_of(error):
    if isinstance(error, asyncio.CancelledError):
        # The message is left out: in CPython only the first to look at a cancelled task gets to see it.
        return 'CancelledError'
    if isinstance(error, ValueError):
        return f'ValueError({error})'
    return type(error).__name__


class Player:
    def __init__(self, program, timed):
        self.program = program
        self.timed = timed
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(lambda loop, context: None)
        self.trace = []
        self.tasks = []

    def log(self, who, *text):
        self.trace.append(f'{self.loop.time():.6f} {who} ' + ' '.join(map(str, text)))

    def play(self):
        try:
            self.loop.run_until_complete(self.main())
            return list(self.trace)
        finally:
            for task in asyncio.all_tasks(self.loop):
                task._log_destroy_pending = False

    async def pause(self, seconds):
        if self.timed:
            await asyncio.sleep(seconds)
        else:
            for _ in range(40):
                await asyncio.sleep(0)

    async def main(self):
        self.futures = [self.loop.create_future() for _ in range(FUTURES)]
        for body in self.program:
            self.spawn(body)
        await self.pause(30)
        for _ in range(20):
            for task in self.tasks:
                if not task.done():
                    self.log('main', 'cancels', task.cancelling())
                    task.cancel('main')
            if all(task.done() for task in self.tasks):
                break
            await self.pause(10)
        for i, task in enumerate(self.tasks):
            if not task.done():
                self.log('main', i, 'pending')
            elif task.cancelled():
                self.log('main', i, 'cancelled', task.cancelling())
            elif task.exception() is not None:
                self.log('main', i, name_of(task.exception()), task.cancelling())
            else:
                self.log('main', i, task.result(), task.cancelling())

    def spawn(self, body):
        i = len(self.tasks)

        async def task():
            self.log(i, 'start')
            try:
                result = await self.run(body, i)
            except BaseException as error:
                self.log(i, 'end', name_of(error))
                raise
            self.log(i, 'end', result)
            return result

        self.tasks.append(self.loop.create_task(task()))

    async def run(self, body, i):
        for n, step in enumerate(body):
            await self.step(step, i, n)
        return f'r{i}'

    async def step(self, step, i, n):
        do, log, loop, tasks = step['do'], self.log, self.loop, self.tasks
        j = step.get('future')
        future = None if j is None else self.futures[j]
        k = step.get('task', 99)
        if do == 'log':
            log(i, 'log', n)
        elif do == 'yield':
            await asyncio.sleep(0)
            log(i, 'turn')
        elif do == 'sleep':
            await asyncio.sleep(step['delay'])
            log(i, 'slept')
        elif do == 'awaitFuture':
            log(i, 'got', await future)
        elif do == 'setFuture':
            if not future.done():
                future.set_result(f'{i}.{n}')
                log(i, 'set', j)
        elif do == 'failFuture':
            if not future.done():
                future.set_exception(ValueError(f'f{j}'))
                log(i, 'fail', j)
        elif do == 'cancelFuture':
            log(i, 'cancel future', j, str(future.cancel(f'c{i}')).lower())
        elif do == 'setLater':
            def later():
                if not future.done():
                    future.set_result('later')
                log('callback', 'later', j)
            loop.call_later(step['delay'], later)
        elif do == 'awaitTask':
            if i < k < len(tasks):
                log(i, 'task gave', await tasks[k])
        elif do == 'cancelTask':
            if k < len(tasks):
                log(i, 'cancel', k, str(tasks[k].cancel(f'm{i}')).lower())
        elif do == 'cancelSelf':
            asyncio.current_task().cancel('self')
            log(i, 'cancel self', asyncio.current_task().cancelling())
        elif do == 'uncancel':
            log(i, 'uncancel', asyncio.current_task().uncancel())
        elif do == 'callSoon':
            loop.call_soon(log, 'callback', 'soon', i)
        elif do == 'callLater':
            loop.call_later(step['delay'], log, 'callback', 'later', i)
        elif do == 'taskCallback':
            if k < len(tasks):
                tasks[k].add_done_callback(lambda _: log('callback', 'task done', k))
        elif do == 'futureCallback':
            future.add_done_callback(lambda _: log('callback', 'future done', j))
        elif do == 'raise':
            raise ValueError(f'r{i}')
        elif do == 'spawn':
            self.spawn(step['body'])
        elif do == 'call':
            log(i, 'called', await self.run(step['body'], i))
        elif do == 'try':
            await self.guarded(step, i)
        else:
            await self.combined(step, i)

    async def guarded(self, step, i):
        try:
            await self.run(step['body'], i)
        except (Exception, asyncio.CancelledError) as error:
            self.log(i, 'caught', name_of(error))
            if step['then'] == 'uncancel' and isinstance(error, asyncio.CancelledError):
                self.log(i, 'uncancel', asyncio.current_task().uncancel())
            elif step['then'] == 'rethrow':
                raise
        finally:
            self.log(i, 'finally')
            await self.run(step['cleanup'], i)
            self.log(i, 'cleaned')

    async def combined(self, step, i):
        do = step['do']
        if do == 'timeout':
            async with asyncio.timeout(step['delay']):
                await self.run(step['body'], i)
            self.log(i, 'in time')
        elif do == 'waitFor':
            self.log(i, 'waitFor', await asyncio.wait_for(self.run(step['body'], i), step['delay']))
        elif do == 'shield':
            self.log(i, 'shielded', await asyncio.shield(self.run(step['body'], i)))
        elif do == 'gather':
            children = [self.run(body, i) for body in step['bodies']]
            results = await asyncio.gather(*children, return_exceptions=step['returnExceptions'])
            self.log(i, 'gathered', *[name_of(r) if isinstance(r, BaseException) else r for r in results])
        else:
            children = [self.loop.create_task(self.run(body, i)) for body in step['bodies']]
            done, pending = await asyncio.wait(children, timeout=step['delay'], return_when=step['returnWhen'])
            self.log(i, 'waited', len(done), len(pending))
            for child in children:
                if child in pending:
                    child.cancel()


def main():
    made = []
    for timed, combined, count, longest in ((True, False, 15, 60), (False, False, 15, 60), (True, True, 30, 80),
                                            (False, True, 15, 80)):
        seed = 0
        while count > 0:
            seed += 1
            program = Maker(seed, timed, combined).program()
            try:
                trace = Player(program, timed).play()
            except Stuck:
                continue
            if 20 < len(trace) <= longest:
                count -= 1
                made.append({'seed': seed, 'timed': timed, 'program': program, 'trace': trace})
    text = ',\n'.join(json.dumps(one, separators=(',', ':')) for one in made)
    sys.stdout.write(f'[\n{text}\n]\n')


main()
