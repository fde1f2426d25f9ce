"""Where statutes are: in the nearest `statutes/` folder at or above a policy, else among those of the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SUFFIXES", "packaged_statutes", "statute_files", "statute_names"]

SUFFIXES = (".yaml", ".yml")
"""What files of policies end in."""


def packaged_statutes() -> Path | None:
    """The folder of statutes that the package ships; in a source checkout that of the repository."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "statutes", package.parent / "rules" / "statutes"):
        if folder.is_dir():
            return folder
    return None


def statute_folders(policy: Path) -> list[Path]:
    """The folders that are looked in for the statutes of the policy in file `policy`, the nearest first."""
    start = policy.resolve().parent
    near = next((folder / "statutes" for folder in (start, *start.parents) if (folder / "statutes").is_dir()), None)
    packaged = packaged_statutes()
    return list(dict.fromkeys(folder for folder in (near, packaged) if folder is not None))


def statute_files(policy: Path, statute: str) -> tuple[Path, ...]:
    """The files of a statute, one per version: `statutes/<id>.yaml`, or every file of `statutes/<id>/`.

    Empty when the statute is nowhere to be found.
    """
    for folder in statute_folders(policy):
        single = [folder / f"{statute}{suffix}" for suffix in SUFFIXES]
        found = [path for path in single if path.is_file()]
        inner = folder / statute
        if inner.is_dir():
            found += sorted(path for path in inner.iterdir() if path.suffix in SUFFIXES and path.is_file())
        if found:
            return tuple(found)
    return ()


def statute_names(policy: Path) -> list[str]:
    """The ids of the statutes that the policy in file `policy` could name, in alphabetical order."""
    names = {
        path.stem
        for folder in statute_folders(policy)
        for path in folder.iterdir()
        if path.is_dir() or path.suffix in SUFFIXES
    }
    return sorted(names)
