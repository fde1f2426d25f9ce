"""How much memory a worker keeps: when it is ready, and after a while of requests."""

from __future__ import annotations

import ctypes
import gc
import sys
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

from policy_service.contract.messages import LOCALES, catalogue

M_ARENA_MAX: Final = -8
"""The name of a setting in glibc's malloc.h: how many heaps the threads of a process spread over."""

COUNTRIES: Final = "holidays.countries"


def warm_up() -> None:
    """Read what every worker needs sooner or later."""
    for locale in LOCALES:
        catalogue(locale)


def only_countries_asked_for() -> None:
    """Have the package of holidays load the countries that a policy counts working days in, and no others.

    It finds each by the name of its module, but its folder of countries, imported on the way, imports all 250 of
    them: 9 MB. So a package stands in for the folder that knows only where the modules are.
    """
    found = find_spec("holidays")
    if COUNTRIES in sys.modules or found is None or found.origin is None:
        return
    folder = Path(found.origin).parent / "countries"
    spec = spec_from_file_location(COUNTRIES, folder / "__init__.py", submodule_search_locations=[str(folder)])
    if spec is not None:
        sys.modules[COUNTRIES] = module_from_spec(spec)


def settle() -> None:
    """Give back what loading took, and set what stays aside: it lives as long as the process.

    Threads share one heap, which the interpreter's lock has them take turns at anyway; a heap for each held 9 MB more
    after a while of 16 threads. Only glibc can be told so.
    """
    gc.collect()
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt") and hasattr(libc, "malloc_trim"):
            libc.mallopt(M_ARENA_MAX, 1)
            libc.malloc_trim(0)
    # What is frozen need not be looked at by every collection, nor be copied after the fork.
    gc.freeze()
