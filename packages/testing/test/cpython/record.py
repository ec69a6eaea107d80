"""Records what CPython's asyncio does in the corner programs, all topics of them.

    python3.13 -W ignore record.py > corners.json

The `*corners*.test.ts` one folder up hold the same programs, by the same names, over this library.
"""
import json
import sys
from importlib import import_module

from player import traces

TOPICS = ('cancel', 'context', 'futures', 'gather', 'groups', 'loop', 'timeouts', 'uncancel', 'wait', 'wait_for')

for topic in TOPICS:
    import_module(topic)
json.dump(traces(), sys.stdout, indent=1)
print()
