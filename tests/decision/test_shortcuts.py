"""What is decided the short way comes out as it would the long way."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.contract.request import parse_request
from policy_service.decision.admission import admit, fits_plainly
from policy_service.decision.case import Case
from policy_service.decision.decide import claims_of
from policy_service.decision.judge import Judge
from policy_service.decision.prospects import ACTIONS
from policy_service.decision.rulings import rule
from policy_service.decision.verdict import APPROVED
from tests.decision.desk import WINDOW, request, shop
from tests.decision.stock import laws, policies, requests, shop_of

quick = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(policies(), st.none() | laws, requests())
def test_an_alternative_is_what_a_whole_verdict_would_grant(
    clauses: str, law: str | None, body: dict[str, Any]
) -> None:
    governing, parsed = shop_of(clauses, law), parse_request(body)
    statute = governing.statute.document if governing.statute else None
    case = Case(parsed, governing.policy.document, statute, claims_of(parsed.request, {}))
    assert parsed.request.requested_at is not None
    moment = case.moment(parsed.request.requested_at)
    rulings, gifts = rule(case, governing, moment)
    judge = Judge(case, governing, moment, gifts)
    keep = not governing.compares_prices
    for ruling in rulings:
        for action in () if ruling.verdict.final else ACTIONS:
            whole = judge.by_clauses(ruling.state.acting(action, keep=False))
            expected = whole.governing if whole.outcome == APPROVED else None
            granted = judge.granted(ruling.state, action, keep=keep)
            assert (granted and granted.clause.id) == (expected and expected.clause.id)
            assert (granted and granted.window) == (expected and expected.window)


@quick
@given(policies(), st.none() | laws, requests())
def test_what_fits_plainly_is_admitted(clauses: str, law: str | None, body: dict[str, Any]) -> None:
    governing, parsed = shop_of(clauses, law), parse_request(body)
    if fits_plainly(parsed.request, governing):
        assert admit(parsed.raw, governing) == []


def test_a_plain_request_fits_plainly_and_none_with_something_to_check() -> None:
    governing = shop(WINDOW)

    def plain(**changes: Any) -> bool:
        return fits_plainly(parse_request(request(**changes)).request, governing)

    assert plain()
    assert not plain(lines__0__reason="preference.new_branch")
    assert not plain(lines__0__attributes={"assembled": True})
    assert not plain(order__lines__0__attributes={"assembled": True})
    assert not plain(order__attributes={"state": "NY"})
    assert not plain(customer={"attributes": {"student": True}})
    assert not plain(order__currency="USD")
