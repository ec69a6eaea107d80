"""The process of one Python subject: as child.ts, for `<group>-<row>.py`."""

import asyncio
import importlib.util
import json
import sys
import time

LEAST_WARM_UPS = 3

path, loop_kind, size, operations, expected, enough = (
    sys.argv[1],
    sys.argv[2],
    json.loads(sys.argv[3]),
    int(sys.argv[4]),
    json.loads(sys.argv[5]),
    float(sys.argv[6]),
)


def say(what):
    print(json.dumps(what), flush=True)


def run(main):
    if loop_kind == "uvloop":
        import uvloop

        loop = uvloop.new_event_loop()
    else:
        loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        got = loop.run_until_complete(main(size))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    if got != expected:
        raise AssertionError(f"{loop_kind} gave {got!r} where {expected!r} is right")


try:
    spec = importlib.util.spec_from_file_location("row", path)
    row = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(row)
    start = last = time.perf_counter()
    fastest, runs = float("inf"), 0
    while runs < LEAST_WARM_UPS or last - start < 2 * enough:
        run(row.main)
        end = time.perf_counter()
        fastest, last, runs = min(fastest, end - last), end, runs + 1
    repeats = max(1, round(enough / fastest))
    say({"ready": True, "repeats": repeats, "operations": operations})
    for _ in sys.stdin:
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(repeats):
            run(row.main)
        end = time.perf_counter()
        say({
            "seconds": (end - start) / repeats,
            "cpuSeconds": (time.process_time() - cpu) / repeats,
        })
except Exception as error:
    say({"failed": repr(error)})
    sys.exit(1)
