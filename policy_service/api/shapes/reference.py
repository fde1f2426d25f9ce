"""What a caller may need to know: the vocabulary, the reason codes, the schemas; and how the service is."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from policy_service.api.shapes.policies import ActionText
from policy_service.contract.decision_line import InstantText
from policy_service.contract.reasons import Outcome
from policy_service.language.fact import About, FactType
from policy_service.language.kinds.base import Role

Doc = TypedDict("Doc", {"en": str, "zh-CN": str})
InTwoLanguages = Annotated[
    Doc, Field(description="what it means", examples=[{"en": "Whose fault it is.", "zh-CN": "责任方。"}])
]


class BuiltInFact(TypedDict):
    """A fact that conditions may test."""

    name: Annotated[str, Field(description="its name in conditions", examples=["condition"])]
    type: Annotated[
        str,
        Field(
            description="what its values are, and so which tests it allows",
            examples=["enum"],
            json_schema_extra={"enum": [each.value for each in FactType]},
        ),
    ]
    about: Annotated[About, Field(description="whose it is", examples=["line"])]
    source: Annotated[str, Field(description="where it is read from", examples=["lines[].condition"])]
    values: Annotated[
        list[str], Field(description="of an enumeration: its members", examples=[["unopened", "opened", "used"]])
    ]
    default: Annotated[
        str | int | bool | list[str] | None,
        Field(description="what absence means; null: unknown", examples=["unknown"]),
    ]
    unit: Annotated[str | None, Field(description="of a number: what it counts", examples=["days"])]
    optional: Annotated[bool, Field(description="whether it may be absent", examples=[True])]
    moves_with_time: Annotated[
        bool, Field(description="whether the same request has another value later", examples=[False])
    ]
    doc: InTwoLanguages


class StandardReason(TypedDict):
    """A node of the standard tree of reasons."""

    path: Annotated[str, Field(description="its path", examples=["quality.cosmetic_defect"])]
    liability: Annotated[
        str,
        Field(
            description="who is liable unless a policy says otherwise",
            examples=["merchant"],
            json_schema_extra={"enum": ["customer", "merchant", "carrier"]},
        ),
    ]


class ClauseKind(TypedDict):
    """A kind of clause."""

    kind: Annotated[str, Field(description="its key in a policy", examples=["window"])]
    role: Annotated[Role, Field(description="what it does to a decision", examples=["permission"])]
    actions: Annotated[
        list[ActionText], Field(description="what it is about unless `for` says otherwise", examples=[["return"]])
    ]
    doc: InTwoLanguages


class Vocabulary(TypedDict):
    """The words of policies."""

    facts: Annotated[list[BuiltInFact], Field(description="what conditions may test")]
    reasons: Annotated[list[StandardReason], Field(description="why goods come back")]
    kinds: Annotated[list[ClauseKind], Field(description="what clauses there are")]


class PublishedCode(TypedDict):
    """A reason code."""

    code: Annotated[str, Field(description="as in `reasons` of a decision", examples=["within_window"])]
    outcomes: Annotated[list[Outcome], Field(description="outcomes that it explains", examples=[["approved"]])]
    doc: InTwoLanguages


class ReasonCodes(TypedDict):
    """The published reason codes; policies add their own, which mean what the policy's clause says."""

    reason_codes: Annotated[list[PublishedCode], Field(description="the codes")]


class SchemaNames(TypedDict):
    """The JSON Schemas that there are."""

    schemas: Annotated[
        list[str], Field(description="their names, for `/v1/schemas/{name}`", examples=[["request", "decision"]])
    ]


class Alive(TypedDict):
    """The process answers."""

    status: Literal["ok"]
    version: Annotated[str, Field(description="the release of the service", examples=["0.1.0"])]


class RulesInUse(TypedDict):
    """The policies that are decided by."""

    merchants: Annotated[int, Field(description="how many merchants have one", examples=[5], ge=0)]
    read_at: Annotated[
        InstantText, Field(description="when they were last read from disk", examples=["2025-06-20T02:00:00+00:00"])
    ]
    current: Annotated[
        bool, Field(description="whether they are those on disk; false: those have mistakes", examples=[True])
    ]
    mistakes: NotRequired[
        Annotated[int, Field(description="where they are not: the number of mistakes", examples=[1], ge=1)]
    ]
    errors: NotRequired[
        Annotated[
            list[str],
            Field(
                description="the first 20 mistakes, or that this worker has other policies; where keys are configured, "
                "for one with the scope `admin` only",
                examples=[["dg-home.yaml:11:5: PS101-unknown-key: `windoe` is not a key of a clause"]],
            ),
        ]
    ]


class KeysInUse(TypedDict):
    """The API keys that callers may come with."""

    current: Annotated[
        bool,
        Field(description="whether they are those on disk; false: that file has a mistake, as the log tells"),
    ]


class Ready(TypedDict):
    """The service can decide."""

    status: Literal["ready"]
    keys: NotRequired[Annotated[KeysInUse, Field(description="the API keys in use, where they are asked for")]]
    rules: Annotated[RulesInUse, Field(description="the policies in use")]
