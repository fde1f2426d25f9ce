"""Policies, clause by clause."""

from typing import Annotated, Literal, get_args

from pydantic import Field
from typing_extensions import TypedDict

from policy_service.contract.claim import Action
from policy_service.contract.decision_line import DayText
from policy_service.language.fact import FactType

Words = Annotated[
    dict[str, str],
    Field(description="text by language: `en`, `zh-CN`", examples=[{"en": "Return within 30 days"}]),
]
ActionText = Annotated[str, Field(json_schema_extra={"enum": [*get_args(Action)]})]


# `from` is a word of Python's, so this one cannot be a class.
Effective = TypedDict(
    "Effective",
    {
        "from": Annotated[DayText, Field(description="the first day", examples=["2025-01-01"])],
        "through": Annotated[DayText | None, Field(description="the last day; null: no end", examples=["2025-12-31"])],
    },
)
EffectiveDays = Annotated[Effective, Field(description="for orders placed on which days, both included")]


class PolicyClause(TypedDict):
    """A clause as customers' software shows it."""

    id: Annotated[str, Field(description="names it within its document", examples=["return-30"])]
    kind: Annotated[str, Field(description="its kind, one of `/v1/vocabulary`", examples=["window"])]
    actions: Annotated[
        list[ActionText], Field(description="what it is about, in alphabetical order", examples=[["return"]])
    ]
    text: Words


class PolicyVersion(TypedDict):
    """The head of one version of a policy."""

    version: Annotated[str, Field(description="its name", examples=["2025-06"])]
    digest: Annotated[
        str,
        Field(
            description="by which decisions cite it: of the file, its includes and the statutes",
            pattern="^sha256:[0-9a-f]{64}$",
        ),
    ]
    title: Words
    effective: EffectiveDays
    timezone: Annotated[str, Field(description="whose midnight ends a day", examples=["Asia/Shanghai"])]
    currency: Annotated[str, Field(description="of the sums that its clauses name", examples=["CNY"])]
    ships_from: Annotated[
        str | None, Field(description="the country whose law counts where an order names none", examples=["CN"])
    ]
    statutes: Annotated[list[str], Field(description="the statutes that bind it", examples=[["cn"]])]


class Policy(TypedDict):
    """A merchant's versions."""

    merchant: Annotated[str, Field(description="whose", examples=["dg-home"])]
    versions: Annotated[list[PolicyVersion], Field(description="the versions")]


class Policies(TypedDict):
    """Every merchant."""

    policies: Annotated[list[Policy], Field(description="one for each merchant, in alphabetical order")]


class PolicyFact(TypedDict):
    """A fact of the policy's own, sent in the `attributes` of what it is about."""

    name: Annotated[str, Field(description="its name", examples=["assembled"])]
    about: Annotated[Literal["line", "order", "customer"], Field(description="where it is sent", examples=["line"])]
    type: Annotated[
        str,
        Field(
            description="what its values are",
            examples=["boolean"],
            json_schema_extra={"enum": [each.value for each in FactType if each not in (FactType.ENUM, FactType.TREE)]},
        ),
    ]
    doc: Words


class Right(TypedDict):
    """An edition of a statute that binds the policy."""

    statute: Annotated[str, Field(description="its name", examples=["cn"])]
    version: Annotated[str, Field(description="its edition", examples=["2020-02-25"])]
    title: Words
    effective: EffectiveDays
    countries: Annotated[list[str], Field(description="where it is the law", examples=[["CN"]])]
    clauses: Annotated[list[PolicyClause], Field(description="its clauses, in order")]


class PolicyVersionInFull(PolicyVersion):
    """One version of a policy with what is in it."""

    facts: Annotated[list[PolicyFact], Field(description="the policy's own facts")]
    clauses: Annotated[list[PolicyClause], Field(description="its clauses, in the order of the file")]
    rights: Annotated[list[Right], Field(description="what the law gives beyond them")]


class PolicyInFull(TypedDict):
    """A merchant's versions with their clauses."""

    merchant: Annotated[str, Field(description="whose", examples=["dg-home"])]
    versions: Annotated[list[PolicyVersionInFull], Field(description="the versions")]
