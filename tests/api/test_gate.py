from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from policy_service.api.gate import Gate
from policy_service.api.keys import Caller, KeyRing, KeysError, Scope, fingerprint, fresh_key, load_keys
from policy_service.api.rate import RateLimit
from policy_service.contract.problems import ProblemError
from tests.api.corner import POLICY, client, post, request

KEYS = {
    "pk_shop": Caller("shop", frozenset({Scope.DECIDE})),
    "pk_desk": Caller("desk", frozenset({Scope.DECIDE, Scope.OVERRIDE})),
    "pk_test": Caller("test", frozenset({Scope.DECIDE, Scope.TIME_TRAVEL})),
    "pk_watch": Caller("watch", frozenset({Scope.ADMIN})),
    "pk_read": Caller("read", frozenset()),
}
OVERRIDE = {"surface": "staff", "override": {"by": "agent-17", "note": "a loyal customer"}}
OFF_THE_CLOCK = "a `requested_at` more than 5 minutes off the clock needs the scope `time-travel`"


@pytest.fixture
def shop(tmp_path: Path) -> FlaskClient:
    ring = KeyRing({fingerprint(key): caller for key, caller in KEYS.items()})
    return client(tmp_path, gate=Gate(ring))


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        (bearing("pk_other"), 401),
        (bearing(""), 401),
        ({"Authorization": "pk_shop"}, 401),
        ({"Authorization": "Basic pk_shop"}, 401),
        (bearing("pk_shop"), 200),
        ({"Authorization": "bearer  pk_shop "}, 200),
        (bearing("pk_read"), 403),
        (bearing("pk_watch"), 403),
    ],
)
def test_deciding_needs_a_key_with_that_scope(shop: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = post(shop, request(), headers=headers)
    assert answer.status_code == status
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


@pytest.mark.parametrize(
    ("key", "changes", "refused"),
    [
        ("pk_shop", {"requested_at": "2025-06-05T12:05:00+08:00"}, None),
        ("pk_shop", {"requested_at": "2025-06-05T11:55:00+08:00"}, None),
        ("pk_shop", {"requested_at": "2025-06-05T12:05:01+08:00"}, OFF_THE_CLOCK),
        ("pk_shop", {"requested_at": "2025-06-05T11:54:59+08:00"}, OFF_THE_CLOCK),
        ("pk_test", {"requested_at": "2025-06-30T00:00:00+08:00"}, None),
        ("pk_shop", {"requested_at": None}, None),
        ("pk_shop", OVERRIDE, "`override` needs the scope `override`"),
        ("pk_desk", OVERRIDE, None),
        (
            "pk_shop",
            {"requested_at": "2025-06-30T00:00:00+08:00", **OVERRIDE},
            f"{OFF_THE_CLOCK}, and `override` needs the scope `override`",
        ),
    ],
)
def test_other_times_and_overrides_need_their_scope(
    shop: FlaskClient, key: str, changes: dict[str, Any], refused: str | None
) -> None:
    answer = post(shop, request(**changes), headers=bearing(key))
    if refused is None:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 403
        assert answer.get_json(force=True)["detail"] == refused


def test_in_a_batch_each_request_needs_its_own_scope(shop: FlaskClient) -> None:
    asked = [request(), request(requested_at="2025-06-30T00:00:00+08:00")]
    answer = post(shop, {"requests": asked}, "/v1/decisions/batch", bearing("pk_shop"))
    assert [each["status"] for each in answer.get_json()["results"]] == [200, 403]


@pytest.mark.parametrize(
    ("path", "without", "reader", "admin"),
    [
        ("/healthz", 200, 200, 200),
        ("/readyz", 200, 200, 200),
        ("/openapi.json", 200, 200, 200),
        ("/v1/policies", 401, 200, 200),
        ("/v1/vocabulary", 401, 200, 200),
        ("/v1/schemas/request", 401, 200, 200),
        ("/metrics", 401, 403, 200),
    ],
)
def test_reading_needs_any_key_but_the_probes_need_none(
    shop: FlaskClient, path: str, without: int, reader: int, admin: int
) -> None:
    keys = ({}, bearing("pk_read"), bearing("pk_watch"))
    assert [shop.get(path, headers=key).status_code for key in keys] == [without, reader, admin]


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, {"current", "mistakes"}),
        (bearing("pk_other"), {"current", "mistakes"}),
        (bearing("pk_shop"), {"current", "mistakes"}),
        (bearing("pk_watch"), {"current", "mistakes", "errors"}),
    ],
)
def test_mistakes_in_the_rules_are_only_counted_for_who_does_not_run_the_service(
    shop: FlaskClient, tmp_path: Path, headers: dict[str, str], told: set[str]
) -> None:
    (tmp_path / "rules" / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    assert not shop.application.extensions["catalog"].reload()
    answer = shop.get("/readyz", headers=headers)
    assert set(answer.get_json()["rules"]) - {"merchants", "read_at"} == told
    assert ("corner-shop" in answer.get_data(as_text=True)) is ("errors" in told)


def test_without_keys_everyone_may_do_everything(tmp_path: Path) -> None:
    asked = request(requested_at="2025-06-30T00:00:00+08:00", **OVERRIDE)
    assert post(client(tmp_path), asked).get_json()["outcome"] == "approved"


def test_who_asks_too_often_is_told_when_to_come_back(tmp_path: Path) -> None:
    shop = client(tmp_path, gate=Gate(rate=RateLimit.of("2/hour")))
    answers = [post(shop, request()) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 0 < int(answers[2].headers["Retry-After"]) <= 3600


def test_callers_are_counted_apart_and_batches_by_their_requests(tmp_path: Path) -> None:
    ring = KeyRing({fingerprint(key): caller for key, caller in KEYS.items()})
    shop = client(tmp_path, gate=Gate(ring, RateLimit.of("3/hour")))
    batch = {"requests": [request()] * 3}
    assert post(shop, batch, "/v1/decisions/batch", bearing("pk_shop")).status_code == 200
    assert post(shop, request(), headers=bearing("pk_shop")).status_code == 429
    assert post(shop, request(), headers=bearing("pk_desk")).status_code == 200


@pytest.mark.parametrize(("rate", "workers"), [("3/hour", 1), ("6/hour", 2), ("1/hour", 1)])
def test_a_batch_larger_than_the_rate_takes_all_of_it(tmp_path: Path, rate: str, workers: int) -> None:
    shop = client(tmp_path, gate=Gate(rate=RateLimit.of(rate, workers)))
    batch = {"requests": [{}] * 1000}
    assert post(shop, batch, "/v1/decisions/batch").status_code == 200
    assert post(shop, request()).status_code == 429


def test_a_batch_that_is_none_counts_as_one_request(tmp_path: Path) -> None:
    shop = client(tmp_path, gate=Gate(rate=RateLimit.of("2/hour")))
    assert [post(shop, {}, "/v1/decisions/batch").status_code for _ in range(3)] == [422, 422, 429]


HALF_PAST = 1_700_000_000 // 60 * 60 + 30.0
"""The middle of a minute."""


def test_who_waits_as_long_as_told_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 4 a minute, 3 are asked at 0:30: one more passes at once, two at 1:00 + 20 s, four at 1:00 + 40 s (and a bit).

    The minute before weighs by what the last 60 seconds cover of it: 3 requests weigh under 3 after 1:00, under 2 after
    1:20, under 1 after 1:40. What is refused on the way counts for nothing.
    """
    now = [HALF_PAST]
    monkeypatch.setattr("time.time", lambda: now[0])
    rate = RateLimit.of("4/minute")
    rate.count("shop", 3)
    for cost, wait in ((2, 31), (3, 51), (4, 71), (1000, 71)):
        with pytest.raises(ProblemError) as refused:
            rate.count("shop", cost)
        assert refused.value.problem.headers == {"Retry-After": str(wait)}
    now[0] += 45
    with pytest.raises(ProblemError) as refused:
        rate.count("shop", 1000)
    assert refused.value.problem.headers == {"Retry-After": "26"}
    now[0] += 26
    rate.count("shop", 1000)


def test_workers_share_a_rate_evenly(tmp_path: Path) -> None:
    shop = client(tmp_path, gate=Gate(rate=RateLimit.of("8/hour", workers=4)))
    assert [post(shop, request()).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize("rate", ["often", "0/minute"])
def test_a_rate_that_is_none_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match=f"`{rate}` is no rate"):
        RateLimit.of(rate)


def test_keys_are_read_from_a_file_of_hashes(tmp_path: Path) -> None:
    key = fresh_key()
    file = tmp_path / "keys.yaml"
    file.write_text(f"keys:\n  - {{name: shop, sha256: {fingerprint(key)}, scopes: [decide, override]}}\n")
    ring = load_keys(file)
    assert ring.caller(key) == Caller("shop", frozenset({"decide", "override"}))
    assert ring.caller(key + "x") is None


HASH = "a" * 64


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("keys: [", "neither YAML nor JSON"),
        ("[]", "needs a list of `keys`"),
        ("keys: []", "needs a list of `keys`"),
        ("keys: [text]", "key 1: it has"),
        (f"keys: [{{name: a, sha256: {HASH}, scopes: [], key: x}}]", "key 1: it has"),
        (f"keys: [{{name: '', sha256: {HASH}, scopes: []}}]", "`name` is text"),
        ("keys: [{name: a, sha256: abc, scopes: []}]", "64 hexadecimal digits"),
        (f"keys: [{{name: a, sha256: {HASH}, scopes: [everything]}}]", "`scopes` is a list of `decide`"),
        (f"keys: [{{name: a, sha256: {HASH}, scopes: [[]]}}]", "`scopes` is a list of `decide`"),
        (
            f"keys: [{{name: a, sha256: {HASH}, scopes: []}}, {{name: b, sha256: {HASH}, scopes: []}}]",
            "stands there twice",
        ),
    ],
)
def test_a_file_of_keys_with_a_mistake_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "keys.yaml"
    file.write_text(text)
    with pytest.raises(KeysError, match=said):
        load_keys(file)
