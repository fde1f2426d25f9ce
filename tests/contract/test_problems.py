"""Problem details: one for each refusal of the contract."""

import pytest

from policy_service.contract import problems
from policy_service.contract.problems import Problem, ProblemBody, ProblemError
from policy_service.contract.refusals import FieldError, pointer

ERROR = FieldError("/order/lines/0/unit_price", "`199.9` does not have the 2 decimal digits of CNY", "write `199.90`")

EACH: list[tuple[Problem, int, dict[str, str]]] = [
    (problems.not_json("unexpected end of data: line 1 column 2 (char 1)"), 400, {}),
    (problems.bad_parameter("limit", "a whole number"), 400, {}),
    (problems.unauthorized(), 401, {"WWW-Authenticate": "Bearer"}),
    (problems.forbidden("time-travel"), 403, {}),
    (problems.unknown_merchant("dg-hom", "did you mean `dg-home`?"), 404, {}),
    (problems.not_found("decision", "0197"), 404, {}),
    (problems.method_not_allowed("GET", {"POST", "OPTIONS"}), 405, {"Allow": "OPTIONS, POST"}),
    (problems.conflict("the review is settled"), 409, {}),
    (problems.key_reused("k-1"), 409, {}),
    (problems.too_large(1_048_576), 413, {}),
    (problems.wrong_media_type("text/plain"), 415, {"Accept": "application/json"}),
    (problems.unfit([ERROR]), 422, {}),
    (problems.no_version_in_force("dg-home", "2020-01-01", ["2025-06"]), 422, {}),
    (problems.too_many_requests(3), 429, {"Retry-After": "3"}),
    (problems.internal(), 500, {}),
    (problems.not_ready("the policies are being read"), 503, {"Retry-After": "5"}),
]


@pytest.mark.parametrize(("problem", "status", "headers"), EACH)
def test_each_refusal_has_its_status_its_headers_and_a_body_that_fits(
    problem: Problem, status: int, headers: dict[str, str]
) -> None:
    assert problem.status == status
    assert problem.headers == headers
    ProblemBody.model_validate(problem.to_json(), strict=False)


def test_kinds_of_problems_have_names_of_their_own() -> None:
    assert len({problem.type for problem, _, _ in EACH}) == len(EACH)


def test_errors_stand_in_the_body_with_their_hints_where_there_are_some() -> None:
    body = problems.unfit([ERROR, FieldError("/lines", "`lines` is required")]).to_json()
    assert body == {
        "type": "urn:policy-service:problem:unfit",
        "title": "the body does not fit the contract",
        "status": 422,
        "detail": "there are 2 errors",
        "errors": [
            {
                "pointer": "/order/lines/0/unit_price",
                "detail": "`199.9` does not have the 2 decimal digits of CNY",
                "hint": "write `199.90`",
            },
            {"pointer": "/lines", "detail": "`lines` is required"},
        ],
    }


def test_an_error_carries_its_problem() -> None:
    assert ProblemError(problems.internal()).problem.status == 500


def test_a_pointer_escapes_as_rfc_6901_says() -> None:
    assert pointer(["a/b", "c~d", 0, ""]) == "/a~1b/c~0d/0/"
