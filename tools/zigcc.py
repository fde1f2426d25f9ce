"""A C compiler for machines without one: the `ziglang` wheel's clang, called the way distutils calls `cc`.

CPython remembers the flags it was itself built with and hands them to every extension. Those that only GCC knows are
dropped here. Run by the same Python that has `ziglang` installed: `python tools/zigcc.py cc|ar ARGUMENTS...`.
"""

import os
import sys

FOREIGN = ("-flto", "-ffat-lto-objects", "-fno-fat-lto-objects", "-fuse-linker-plugin", "-specs=", "-Wl,--rpath-link")


def arguments(tool: str, given: list[str]) -> list[str]:
    """The arguments for zig, without foreign flags; undefined behaviour is not trapped, as with any `cc -O3`."""
    if tool != "cc":
        return [tool, *given]
    return [tool, "-fno-sanitize=undefined", *(each for each in given if not each.startswith(FOREIGN))]


if __name__ == "__main__":
    os.execv(sys.executable, [sys.executable, "-m", "ziglang", *arguments(sys.argv[1], sys.argv[2:])])
