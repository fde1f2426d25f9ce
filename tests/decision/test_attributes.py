"""Values of declared facts are read by the rules that policies are read by."""

from datetime import date
from decimal import Decimal

import pytest

from policy_service.decision.attributes import FactValue, WrongType, typed


@pytest.mark.parametrize(
    ("kind", "sent", "value"),
    [
        ("number", "10.5", Decimal("10.5")),
        ("number", 10.5, Decimal("10.5")),
        ("number", 1e-7, Decimal("0.0000001")),
        ("number", "-3", Decimal(-3)),
        ("date", "2025-06-01", date(2025, 6, 1)),
        ("integer", 2**53 - 1, 2**53 - 1),
        ("money", "12.50", 1250),
        ("set", ["a", "b"], frozenset({"a", "b"})),
    ],
)
def test_a_value_is_read_in_the_declared_type(kind: str, sent: object, value: FactValue) -> None:
    assert typed(sent, kind, "CNY") == value


@pytest.mark.parametrize(
    ("kind", "sent"),
    [
        *[("number", text) for text in ("1_000", "１２", " 12 ", "1e5", "+5", ".5", "1,5", "NaN", "Infinity", "")],
        *[("number", each) for each in (float("inf"), float("nan"), 1e22, True)],
        *[("date", text) for text in ("20250601", "2025-W22-7", "2025-6-1", "2025-02-30", " 2025-06-01", "")],
        *[("integer", each) for each in (2**53, "5", 5.0, True)],
        *[("boolean", each) for each in (0, "true")],
        ("set", ["a", 1]),
        ("text", 5),
    ],
)
def test_what_is_nearly_of_the_type_is_refused(kind: str, sent: object) -> None:
    with pytest.raises(WrongType):
        typed(sent, kind, "CNY")
