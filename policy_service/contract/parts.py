"""Parts of the published schemas in the descriptions of other answers: a case that quotes a decision's deadlines."""

from typing import Final

from pydantic import WithJsonSchema

PART: Final = "x-part"
"""The key under which a description names the part; whoever assembles a document puts a reference there."""


def part(name: str) -> WithJsonSchema:
    """What has the form of `Decision`, `Request`, … or of a definition inside one of them: `Decision.Deadlines`."""
    return WithJsonSchema({PART: name})
