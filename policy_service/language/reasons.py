"""The reason tree: why goods come back, and who is liable for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

STANDARD: Mapping[str, str] = {
    "quality": "merchant",
    "quality.functional_failure": "merchant",
    "quality.cosmetic_defect": "merchant",
    "quality.missing_parts": "merchant",
    "mismatch": "merchant",
    "mismatch.not_as_described": "merchant",
    "mismatch.specification": "merchant",
    "size": "customer",
    "size.too_small": "customer",
    "size.too_large": "customer",
    "logistics": "carrier",
    "logistics.damaged_in_transit": "carrier",
    "logistics.lost": "carrier",
    "logistics.late": "carrier",
    "fulfilment": "merchant",
    "fulfilment.wrong_item": "merchant",
    "fulfilment.missing_item": "merchant",
    "preference": "customer",
    "preference.changed_mind": "customer",
    "preference.disliked": "customer",
    "preference.ordered_by_mistake": "customer",
}
"""Every node of the standard tree with who is liable unless a policy says otherwise."""


@dataclass(frozen=True, slots=True)
class Branch:
    """What a policy says of one node: a new branch, or another liability or text for a standard one."""

    liability: str | None = None
    text: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReasonTree:
    """The standard tree with a policy's branches."""

    branches: Mapping[str, Branch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = dict.fromkeys((*STANDARD, *self.branches))
        object.__setattr__(self, "_liable", {path: self._liability(path) for path in known})

    def knows(self, path: str) -> bool:
        """Whether the path is a node of the tree, inner nodes included."""
        return path in self._nodes()

    def liability(self, path: str) -> str:
        """Who is liable: as said for the nearest node at or above the path. Raises KeyError for an unknown path."""
        return self._nodes()[path]

    def text(self, path: str) -> Mapping[str, str] | None:
        """The policy's own words for a node."""
        branch = self.branches.get(path)
        return branch.text if branch is not None and branch.text else None

    def paths(self) -> Iterator[str]:
        """Every node, the standard ones first."""
        return iter(self._nodes())

    def _nodes(self) -> dict[str, str]:
        nodes: dict[str, str] = self.__dict__["_liable"]
        return nodes

    def _liability(self, path: str) -> str:
        """A policy's word for a node holds for what hangs below it too, unless something nearer says otherwise."""
        node = path
        while node:
            branch = self.branches.get(node)
            if branch is not None and branch.liability is not None:
                return branch.liability
            node = node.rpartition(".")[0]
        node = path
        while node and node not in STANDARD:
            node = node.rpartition(".")[0]
        return STANDARD.get(node, "customer")
