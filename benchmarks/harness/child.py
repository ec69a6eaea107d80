"""The process of one Python subject: as child.ts, for `<group>-<row>.py`."""

import asyncio
import importlib.util
import json
import re
import sys
import time

LEAST_WARM_UPS = 3

path, loop_kind, size, operations, expected, enough, fresh = (
    sys.argv[1],
    sys.argv[2],
    json.loads(sys.argv[3]),
    int(sys.argv[4]),
    json.loads(sys.argv[5]),
    float(sys.argv[6]),
    json.loads(sys.argv[7]),
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


def warm_up(main):
    start = last = time.perf_counter()
    fastest, runs = float("inf"), 0
    while runs < LEAST_WARM_UPS or last - start < 2 * enough:
        run(main)
        end = time.perf_counter()
        fastest, last, runs = min(fastest, end - last), end, runs + 1
    return max(1, round(enough / fastest))


def peak_memory():
    """Of this program: what `getrusage` says begins with that of the process that started it."""
    try:
        with open("/proc/self/status") as status:
            return int(re.search(r"VmHWM:\s+(\d+) kB", status.read())[1]) * 1024
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


try:
    spec = importlib.util.spec_from_file_location("row", path)
    row = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(row)
    repeats = 1 if fresh else warm_up(row.main)
    say({"ready": True, "repeats": repeats, "operations": operations})
    for _ in sys.stdin:
        cpu, start = time.process_time(), time.perf_counter()
        for _ in range(repeats):
            run(row.main)
        end = time.perf_counter()
        say({
            "seconds": (end - start) / repeats,
            "cpuSeconds": (time.process_time() - cpu) / repeats,
            "bytes": peak_memory(),
        })
except Exception as error:
    say({"failed": repr(error)})
    sys.exit(1)
