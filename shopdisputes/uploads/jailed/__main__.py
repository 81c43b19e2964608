"""The child's beginning: ``python -m shopdisputes.uploads.jailed WORD …`` prints one JSON object.

``examine PATH`` says what a file is; ``preview KIND PATH OUTDIR`` draws its small pictures.
"""

import json
import os
import sys
from importlib import import_module

from shopdisputes.uploads.jailed import limits, sight

#: The module whose ``run(*arguments)`` does the work, and what it may use up.
COMMANDS = {
    "examine": ("shopdisputes.uploads.jailed.examining", limits.Limits(written_bytes=0)),
    "preview": (
        "shopdisputes.uploads.jailed.previews",
        limits.Limits(cpu_seconds=30, written_bytes=16 * 1024 * 1024, processes=None),
    ),
}

if __name__ == "__main__":
    word, *arguments = sys.argv[1:]
    module, allowance = COMMANDS[word]
    # The limits stand before any library that takes files apart is even loaded.
    limits.lower(allowance)
    # It reads the files and writes to the folders that it was told of, and sees no others.
    sight.narrow(
        files=[path for path in arguments if os.path.isfile(path)],
        folders=[path for path in arguments if os.path.isdir(path)],
    )
    json.dump(import_module(module).run(*arguments), sys.stdout)
