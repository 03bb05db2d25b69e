"""The parts that look at every character, compiled from C++; the same results come from Python where they are missing.

``CLEANER_NATIVE=0`` in the environment leaves them out.
"""

import os
from importlib import import_module
from types import ModuleType

#: Set to 0, it leaves the compiled parts out.
VARIABLE = "CLEANER_NATIVE"


def _loaded() -> ModuleType | None:
    if os.environ.get(VARIABLE) == "0":
        return None
    try:
        return import_module("cleaner.native._native")
    except ImportError:  # built without a compiler
        return None


#: The compiled module, or nothing.
native = _loaded()
