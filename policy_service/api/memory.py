"""How much memory a worker keeps once it is ready."""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

M_ARENA_MAX: Final = -8
"""The name of a setting in glibc's malloc.h: how many heaps the threads of a process spread over."""


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
