"""Runs programs under CPython and prints their traces as one JSON object: python programs.py <file.py>...

{"<topic>": {"<program>": ["<line>", ...]}}, the topics by the files' names, the programs as they stand in them.
"""
import asyncio
import importlib.util
import inspect
import json
import os
import re
import sys
import warnings

from stage import number, show
from virtual_loop import Stuck, VirtualLoop


class Stage:
    """Where one program runs: its trace, and the loops it was given."""

    def __init__(self, timed):
        self.timed = timed
        self.trace = []
        self.loops = []
        self.over = False

    def add(self, text):
        if self.timed:
            text = f'{number(float(self.loops[-1].time())) if self.loops else 0} {text}'
        self.trace.append(text)

    def log(self, *parts):
        # What a collected coroutine says in its `finally` is no part of the program.
        if not self.over:
            self.add(' '.join(map(show, parts)))

    def report(self, loop, context):
        # Which callback it was, each language says in its own words; and `asyncio.run` is `run` with us.
        message = re.sub('^(Exception in callback) .*', r'\1', context['message'], flags=re.S)
        message = message.replace('asyncio.run()', 'run()')
        parts = ['reported:', message]
        if 'exception' in context:
            parts.append(context['exception'])
        self.add(' '.join(map(show, parts)))

    def new_loop(self):
        loop = VirtualLoop()
        loop.set_exception_handler(self.report)
        self.loops.append(loop)
        return loop

    def close(self):
        self.over = True
        for loop in self.loops:
            if not loop.is_closed():
                loop.close()
            loop.release()


def run(program, timed):
    stage = Stage(timed)
    try:
        if inspect.iscoroutinefunction(program):
            stage.new_loop().run_until_complete(program(stage.log))
        else:
            program(stage.log, stage.new_loop)
    except Stuck:
        stage.log('stuck')
    except BaseException as error:
        stage.log('ended with', error)
    stage.close()
    return stage.trace


def load(path):
    topic = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(f'programs_{topic}', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return topic, module


def programs_of(module):
    return {
        name: value for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and not name.startswith('_')
    }


def main(paths):
    # Coroutines that are never awaited warn; the programs that are about that log it themselves.
    warnings.simplefilter('ignore')
    traces = {}
    for path in paths:
        topic, module = load(path)
        timed = getattr(module, 'TIMED', True)
        traces[topic] = {name: run(program, timed) for name, program in programs_of(module).items()}
    json.dump({'version': sys.version.split()[0], 'traces': traces}, sys.stdout)


if __name__ == '__main__':
    main(sys.argv[1:])
