"""Runs random programs: a line of JSON in, `{source, table, eager, rescue}`, a line of JSON out, the trace.

The same process runs any number of them, one after the other.
"""
import gc
import json
import sys
import warnings

from world import run


def play(asked):
    names = {}
    exec(compile(asked['source'], '<program>', 'exec'), names)
    return run(names['program'], asked['table'], asked['eager'], asked['rescue'])


def main():
    warnings.simplefilter('ignore')
    sys.unraisablehook = lambda unraisable: None
    for line in sys.stdin:
        try:
            answer = play(json.loads(line))
        except BaseException as error:
            answer = [f'runner {type(error).__name__}: {error}']
        # Whatever was left waiting is closed now, not in the middle of another program.
        gc.collect()
        sys.stdout.write(json.dumps(answer) + '\n')
        sys.stdout.flush()


gc.collect()
gc.freeze()
gc.disable()
main()
