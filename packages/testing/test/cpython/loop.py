"""Corner programs of loops, without a task of their own unless they say so."""
from asyncio import CancelledError, sleep

from player import E, VirtualLoop, corner, name_of


@corner
def loop_cancels_in_a_batch(t):
    handles = {}

    def cancel(name, *others):
        t.log(name)
        for other in others:
            handles[other].cancel()
    soon = t.loop.call_soon
    handles['a'] = soon(cancel, 'a', 'b', 'd', 'a')
    handles['b'] = soon(cancel, 'b', 'c')
    handles['c'] = soon(cancel, 'c', 'b')
    handles['d'] = soon(cancel, 'd')
    handles['e'] = soon(lambda: (cancel('e', 'f'), soon(t.log, 'born')))
    handles['f'] = soon(cancel, 'f')
    t.loop.call_later(1, t.loop.stop)
    t.loop.run_forever()
    t.log(*[handles[name].cancelled() for name in 'abcdef'])


@corner
def loop_cancels_timers_in_a_batch(t):
    timers = {}

    def cancel(name, *others):
        t.log(name)
        for other in others:
            timers[other].cancel()
    for name, when, others in (('a', 1, 'bz'), ('b', 1.1, 'c'), ('c', 1.2, 'b'), ('d', 3, 'e'), ('e', 3.5, ''),
                               ('z', 9, '')):
        timers[name] = t.at(when, cancel, name, *others)
    t.at(0.5, t.loop.advance, 2)
    t.at(1.15, lambda: (t.loop.call_soon(t.log, 'soon'), t.loop.call_later(0, t.log, 'later'),
                        t.loop.call_at(-1, t.log, 'past')))
    t.at(5, t.loop.stop)
    t.loop.run_forever()
    t.log(*[timers[name].cancelled() for name in 'abcdez'])


@corner
def loop_cancel_storm(t):
    timers = [t.at(1 + n / 1000, t.log, n) for n in range(300)]
    for n in range(300):
        if n % 50:
            timers[n].cancel()
    for n in (0, 100, 100):
        timers[n].cancel()
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_stop_within_a_batch(t):
    def first():
        t.log('first')
        t.loop.call_soon(t.log, 'next run')
        t.loop.stop()
        t.loop.stop()
        t.loop.call_later(0, t.log, 'timer')
    t.loop.call_soon(first)
    t.loop.call_soon(t.log, 'second')
    t.loop.run_forever()
    t.log('stopped')
    t.loop.stop()
    t.loop.run_forever()
    t.log('one pass')
    t.loop.stop()
    t.loop.run_forever()
    t.log('another')


@corner
def loop_stop_before_the_run_with_timers(t):
    t.at(0, t.log, 'due')
    t.at(1, t.log, 'later')
    t.loop.call_soon(lambda: (t.log('soon'), t.loop.call_soon(t.log, 'born')))
    t.loop.stop()
    t.loop.run_forever()
    t.log('over')
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_stop_in_a_task(t):
    async def main():
        t.log('main')
        t.loop.stop()
        t.log('goes on')
        await sleep(0)
        t.log('next run')
        await sleep(0)
        return 'result'
    task = t.task(main())
    t.loop.run_forever()
    t.log('stopped', task.done())
    t.log(t.loop.run_until_complete(task))


@corner
def loop_stopped_before_complete(t):
    async def main():
        await sleep(1)
        return 'result'
    task = t.task(main())
    t.at(0.5, t.loop.stop)
    try:
        t.loop.run_until_complete(task)
    except RuntimeError as error:
        t.log(str(error))
    t.log(t.loop.run_until_complete(task))
    t.loop.call_soon(t.log, 'soon')
    t.log('again', t.loop.run_until_complete(task))


@corner
def loop_run_until_complete_of_a_done_future(t):
    future = t.loop.create_future()
    future.set_result('result')
    t.loop.call_soon(lambda: (t.log('soon'), t.loop.call_soon(t.log, 'second turn')))
    t.log(t.loop.run_until_complete(future))
    t.loop.stop()
    t.loop.run_forever()


@corner
def loop_done_callbacks_around_the_end(t):
    future = t.loop.create_future()
    future.add_done_callback(lambda f: t.log('early'))

    def last():
        t.log('last')
        future.set_result('result')
        future.add_done_callback(lambda f: (t.log('late'), t.loop.call_soon(t.log, 'lost')))
        t.loop.call_soon(t.log, 'behind')
    t.loop.call_soon(last)
    t.log(t.loop.run_until_complete(future))
    t.loop.run_until_complete(sleep(0))


@corner
def loop_interrupted_by_a_callback(t):
    def interrupt():
        t.log('interrupt')
        raise KeyboardInterrupt
    t.loop.call_soon(interrupt)
    t.loop.call_soon(t.log, 'same batch')
    t.at(1, t.log, 'timer')
    for _ in range(2):
        try:
            t.at(2, t.loop.stop)
            t.loop.run_forever()
            t.log('stopped')
        except KeyboardInterrupt:
            t.log('left', t.loop.is_running())


@corner
def loop_interrupted_by_a_task(t):
    async def inner():
        await sleep(1)
        raise SystemExit(3)

    async def main():
        await t.attempt('inner', t.task(inner()))
        return 'main'
    task = t.task(main())
    try:
        t.loop.run_until_complete(task)
    except SystemExit as error:
        t.log('left with', error.code, task.done())
    t.log(t.loop.run_until_complete(task))


@corner
def loop_run_again_from_inside(t):
    async def main():
        for coroutine in (sleep(0), t.say('never', 0)):
            try:
                t.loop.run_until_complete(coroutine)
            except RuntimeError as error:
                t.log(type(error).__name__)
                coroutine.close()
        other = VirtualLoop()
        try:
            other.run_forever()
        except RuntimeError as error:
            t.log(type(error).__name__, other.is_running())
        other.close()
        try:
            t.loop.close()
        except RuntimeError:
            t.log('close refused')
        await sleep(0)
        return 'main'
    t.log(t.loop.run_until_complete(main()))


@corner
def loop_closed_with_handles(t):
    soon = t.loop.call_soon(t.log, 'never')
    timer = t.at(1, t.log, 'never')
    t.loop.close()
    t.loop.close()
    soon.cancel()
    timer.cancel()
    t.log(soon.cancelled(), timer.cancelled(), t.loop.is_closed())
    for call in (lambda: t.loop.call_soon(t.log), lambda: t.loop.call_later(1, t.log), lambda: t.at(1, t.log),
                 t.loop.run_forever):
        try:
            call()
        except RuntimeError:
            t.log('refused')
    t.loop.stop()


@corner
def loop_errors_of_callbacks(t):
    def fail(name, error):
        t.log(name)
        raise error
    future = t.loop.create_future()
    future.add_done_callback(lambda f: fail('first callback', ValueError('first')))
    future.add_done_callback(lambda f: t.log('second callback'))
    t.loop.call_soon(fail, 'soon', ValueError('soon'))
    t.at(1, fail, 'timer', E('timer'))
    t.at(1.5, future.set_result, None)
    t.at(1.7, fail, 'cancelled', CancelledError())
    t.at(2, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_exception_handler_contexts(t):
    def handler(loop, context):
        t.log(*sorted(context), name_of(context['exception']), loop is t.loop)
    t.loop.set_exception_handler(handler)

    def fail():
        raise ValueError('x')
    future = t.loop.create_future()
    future.add_done_callback(lambda f: fail())
    future.set_result(None)
    t.loop.call_soon(fail)
    t.loop.call_later(1, fail)
    t.loop.call_exception_handler({'message': 'mine', 'exception': ValueError('mine')})
    t.at(2, t.loop.stop)
    t.loop.run_forever()
    t.loop.set_exception_handler(None)
    t.log(t.loop.get_exception_handler())


@corner
def loop_handler_that_raises_an_interrupt(t):
    def handler(loop, context):
        t.log('handler', context['message'].split(' ')[0])
        raise KeyboardInterrupt
    t.loop.set_exception_handler(handler)

    def fail():
        raise ValueError('x')
    t.loop.call_soon(fail)
    t.loop.call_soon(t.log, 'same batch')
    try:
        t.loop.run_forever()
    except KeyboardInterrupt:
        t.log('left')
    t.loop.stop()
    t.loop.run_forever()


@corner
def loop_timers_born_in_timers(t):
    def tick(n):
        t.log('tick', n)
        t.loop.call_soon(t.log, 'soon', n)
        t.loop.call_later(0, t.log, 'later', n)
        t.loop.call_later(-1, t.log, 'past', n)
        if n < 3:
            t.loop.call_later(0.5, tick, n + 1)
    t.at(1, tick, 1)
    t.at(4, t.loop.stop)
    t.loop.run_forever()


@corner
def loop_turns_of_a_task_among_callbacks(t):
    async def main():
        for n in range(3):
            t.log('step', n)
            t.loop.call_soon(t.log, 'soon', n)
            await sleep(0)
        future = t.loop.create_future()
        t.loop.call_soon(future.set_result, None)
        t.loop.call_soon(t.log, 'behind the result')
        await future
        t.log('woken')
        t.loop.call_soon(t.log, 'after the end')
    task = t.task(main())
    task.add_done_callback(lambda f: (t.log('done'), t.loop.call_soon(t.loop.stop)))
    t.loop.run_forever()
