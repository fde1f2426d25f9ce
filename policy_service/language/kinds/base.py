"""What every kind of clause has in common."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict

from policy_service.contract.claim import Action
from policy_service.language.flow import flow
from policy_service.language.problem import Path, Problem
from policy_service.language.reading import KindContext, Reading, Unreadable, stray_keys
from policy_service.language.shapes import Shape, described

__all__ = ["ALL_ACTIONS", "KINDS", "REFUNDS", "ROLES", "Effect", "KindContext", "Reading", "Role"]

Role = Literal["permission", "prohibition", "money", "benefit", "process", "inspection", "statute"]
ROLES: tuple[Role, ...] = get_args(Role)

ALL_ACTIONS: tuple[str, ...] = get_args(Action)
REFUNDS = ("return", "refund_only")


class Effect(BaseModel):
    """The effect of a clause, typed. Sums are minor units of the document's currency, rates exact fractions.

    Subclasses say as class data what the compiler, schema, linter and documentation need to know: `actions` is what
    `for` is by default; of an additive kind all applying clauses count, of another the first in the file. A clause that
    `denies` may be overridden, one that `opens` may be lengthened and replaced. `doc` says what the clause says,
    `decides` what it does to a decision, `together` what `additive` alone does not tell of several, `see` which kinds a
    reader may have meant instead. `shows_in` are the parts of a decision that it may change; it is `cited` where it is
    named in a decision wherever it made a difference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: ClassVar[str]
    actions: ClassVar[tuple[str, ...]] = ALL_ACTIONS
    role: ClassVar[Role]
    additive: ClassVar[bool] = True
    in_policy: ClassVar[bool] = True
    in_statute: ClassVar[bool] = True
    denies: ClassVar[bool] = False
    opens: ClassVar[bool] = False
    shows_in: ClassVar[tuple[str, ...]] = ()
    cited: ClassVar[bool] = False
    doc: ClassVar[str]
    doc_zh: ClassVar[str]
    decides: ClassVar[str]
    together: ClassVar[str] = ""
    see: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            KINDS[cls.kind] = cls

    @classmethod
    def shape(cls) -> Shape:
        """The form of the effect's YAML."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def json_schema(cls) -> Shape:
        """The JSON Schema of the effect's YAML, described and with an example, as an editor shows it."""
        shape = cls.shape()
        if shape.get("title") in (None, "a mapping"):
            shape = {**shape, "title": f"a mapping such as `{flow(cls.example)}`"}
        return described(shape, cls.doc, cls.doc_zh, cls.example)

    @classmethod
    def read(cls, reading: Reading) -> dict[str, Any]:
        """The constructor's arguments from the YAML; problems are noted in the reading."""
        raise NotImplementedError(cls.kind)

    @classmethod
    def parse(cls, data: Any, context: KindContext, path: Path) -> tuple[Effect | None, list[Problem]]:
        """The effect that the data says, and every problem in it; None when there is one."""
        reading = Reading(data, context, path, like=flow({cls.kind: cls.example})[1:-1])
        reading.problems += stray_keys(data, cls.shape(), path)
        try:
            arguments = cls.read(reading)
        except Unreadable:
            return None, reading.problems
        return (None if reading.problems else cls(**arguments)), reading.problems

    @property
    def named_sums(self) -> bool:
        """Whether it names a sum of money, which another order currency makes convert."""
        return False

    def named_facts(self) -> tuple[str, ...]:
        """The facts that it reads as a number, a sum or an anchor."""
        return ()

    @property
    def counts_from_asking(self) -> bool:
        """Whether what it gives hangs on the moment of asking, whatever window is open."""
        return False

    def turning_points(self) -> dict[str, list[Any]]:
        """Facts beside those of its conditions that it hangs on, with values between which it says something else."""
        return {}


KINDS: dict[str, type[Effect]] = {}
"""Every kind by the key that names it."""
