"""A document's words for tests: own facts of every type, a branch of reasons, sums in yuan; and arbitrary YAML data."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from policy_service.language.kinds import KindContext
from policy_service.language.problem import Problem
from policy_service.language.reasons import Branch, ReasonTree
from policy_service.language.scalars import PlainDate, PlainFloat, PlainInt
from policy_service.language.vocabulary import DeclaredFact, Vocabulary

DECLARED = {
    fact.name: fact
    for fact in (
        DeclaredFact("assembled", "line", "boolean", False),
        DeclaredFact("repair_days", "line", "integer"),
        DeclaredFact("volume", "line", "number"),
        DeclaredFact("parts_price", "line", "money"),
        DeclaredFact("installed_on", "order", "date"),
        DeclaredFact("state", "order", "text", ""),
        DeclaredFact("allergies", "customer", "set"),
    )
}
REASONS = ReasonTree({"quality.functional_failure.motor": Branch(), "size": Branch("merchant")})


def vocabulary(currency: str = "CNY") -> Vocabulary:
    """The words of a policy that declares a fact of every type."""
    return Vocabulary.of(DECLARED, REASONS, currency)


POLICY = KindContext(vocabulary(), "CNY")
STATUTE = KindContext(vocabulary(), "CNY", "statute")


def told(problems: list[Problem]) -> list[tuple[Any, ...]]:
    """What a problem says, without its hint."""
    return [(problem.code, problem.path, problem.message) for problem in problems]


WORDS = (
    "days", "months", "after", "delivery", "order", "code", "codes", "rate", "amount", "10%", "7 days", "all", "any",
    "not",
    "none", "at_least", "under", "quantity", "tags", "reason", "quality", "condition", "used", "installed_on", "true",
    "line_paid", "12.50", "from", "through", "by", "id", "for", "return", "when", "unless", "during", "text", "window",
    "fee", "deny", "approve", "merchant", "payer", "CN", "", " ", "2025-06-30", "0.10%",
)  # fmt: skip

SCALARS = st.one_of(
    st.sampled_from(WORDS),
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18).map(PlainInt),
    st.floats().map(PlainFloat),
    st.dates().map(lambda day: PlainDate(day.year, day.month, day.day)),
    st.text(max_size=12),
)


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    keys = st.one_of(st.sampled_from(WORDS), st.text(max_size=6))
    return st.one_of(st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=5))


YAML = st.recursive(SCALARS, _nested, max_leaves=20)
"""Whatever a YAML file may hold, rich in words of the language."""

JUNE = date(2025, 6, 30)
