"""A replay decides recorded requests again and shows what differs, by the clauses behind it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from policy_service.replay import telling
from policy_service.replay.records import BadRecord, Record, read_lines, read_records, record_of
from policy_service.replay.replaying import Replay, Replaying
from policy_service.scenarios.shop import shop_of
from policy_service.service import Service

POLICY = """\
merchant: corner-shop
version: "1"
effective: {from: 2024-01-01}
timezone: Asia/Shanghai
currency: CNY
clauses:
  - {id: thirty-days, window: {days: 30, after: delivery}}
  - {id: wear, fee: {code: restocking, rate: 10%}, when: {condition: opened}}
  - {id: vip, grant: [free_pickup], when: {tier: gold}}
"""


def service(folder: Path, text: str = POLICY) -> Service:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.yaml").write_text(text, encoding="utf-8")
    shop_of.cache_clear()
    return Service(shop_of((folder / "policy.yaml",)))


def request(*, day: str = "10", condition: str = "opened", tier: str = "plain") -> dict[str, Any]:
    return {
        "merchant": "corner-shop",
        "requested_at": f"2025-06-{day}T12:00:00+08:00",
        "order": {
            "id": "SO-1",
            "currency": "CNY",
            "placed_at": "2025-05-01T12:00:00+08:00",
            "delivered_at": "2025-05-12T12:00:00+08:00",
            "lines": [{"id": "1", "sku": "CUP", "quantity": 1, "unit_price": "20.00"}],
        },
        "customer": {"tier": tier},
        "lines": [{"order_line": "1", "quantity": 1, "action": "return", "reason": "size", "condition": condition}],
    }


REQUESTS = [request(), request(condition="unopened"), request(day="11", condition="unopened"), request(tier="gold")]


def records(made_by: Service) -> list[Record]:
    return [
        Record(str(number), each, made_by.decide(each, id=f"D-{number}").decision)
        for number, each in enumerate(REQUESTS)
    ]


def test_the_same_policy_decides_the_same(tmp_path: Path) -> None:
    was = service(tmp_path)
    result = Replaying(service(tmp_path)).run(records(was))
    assert (result.compared, result.changed) == (4, 0)
    assert telling.as_text(result) == "4 decisions made again, all the same\n"


def replayed(folder: Path, old: str, new: str) -> Replay:
    was = service(folder / "was")
    return Replaying(service(folder / "now", POLICY.replace(old, new))).run(records(was))


def test_changes_are_grouped_by_the_clauses_behind_them(tmp_path: Path) -> None:
    result = replayed(tmp_path, "rate: 10%", "rate: 15%")
    assert [(group.clauses, group.count, group.sums) for group in result.ranked] == [(("wear",), 2, {"CNY": "-2.00"})]
    assert telling.as_text(result).splitlines()[:9] == [
        "wear: 2 decisions",
        "  customers get 2.00 CNY less",
        "  for example D-0",
        "    lines.0.fees.restocking.amount: 2.00 -> 3.00",
        "    lines.0.refund: 18.00 -> 17.00",
        "    refund.fees: 2.00 -> 3.00",
        "    refund.total: 18.00 -> 17.00",
        "    refund.to.0.amount: 18.00 -> 17.00",
        "  for example D-3",
    ]


def test_outcomes_and_entitlements_are_counted(tmp_path: Path) -> None:
    shorter = replayed(tmp_path / "a", "days: 30", "days: 30, not_after: {days: 40, after: order}").total
    assert shorter.outcomes == {("approved", "denied"): 1}
    assert shorter.sums == {"CNY": "-20.00"}
    lost = replayed(tmp_path / "b", "tier: gold", "tier: platinum").total
    assert (lost.lost, lost.gained) == ({"free_pickup": 1}, {})


def test_two_sets_of_policies_can_be_compared(tmp_path: Path) -> None:
    now, other = service(tmp_path / "now"), service(tmp_path / "other", POLICY.replace("10%", "20%"))
    plain = [Record(str(number), each, None) for number, each in enumerate(REQUESTS)]
    result = Replaying(now, other).run(plain)
    assert (result.compared, result.changed, result.total.sums) == (4, 2, {"CNY": "-4.00"})


def test_a_second_stage_is_decided_again_on_its_first(tmp_path: Path) -> None:
    was = service(tmp_path)
    first = was.decide(REQUESTS[0], id="D-1").decision
    found = {"lines": [{"order_line": "1", "quantity": 1, "condition": "unopened"}]}
    second = was.inspect(REQUESTS[0], first, found, id="D-2").decision
    one, two = Record("1", REQUESTS[0], first), Record("2", REQUESTS[0], second, inspection=found)
    for both in ([one, two], [two, one]):
        result = Replaying(service(tmp_path)).run(both)
        assert (result.compared, result.changed, dict(result.left_out)) == (2, 0, {})


def test_a_second_stage_of_what_a_person_settled_is_left_out(tmp_path: Path) -> None:
    was = service(tmp_path)
    settled = was.decide(REQUESTS[0], id="D-1").decision
    found = {"lines": [{"order_line": "1", "quantity": 1}]}
    second = was.inspect(REQUESTS[0], settled, found, id="D-2").decision
    both = [Record("2", REQUESTS[0], second, inspection=found), Record("1", REQUESTS[0], settled, settled=True)]
    assert sorted(Replaying(was).run(both).left_out) == [
        "second stage of what a person or a deadline settled",
        "settled by a person or a deadline",
    ]


def test_a_return_that_was_inspected_is_paid_once(tmp_path: Path) -> None:
    was = service(tmp_path / "was")
    first = was.decide(REQUESTS[1], id="D-1").decision
    found = {"lines": [{"order_line": "1", "quantity": 1, "condition": "unopened"}]}
    # An inspection that was wrong, and the one that took its place: all three were approved.
    wrong = was.inspect(REQUESTS[1], first, found, id="D-2").decision
    right = was.inspect(REQUESTS[1], first, found, id="D-3").decision
    lines = [
        {"request": REQUESTS[1], "decision": right, "inspection": found, "supersedes": "D-2"},
        {"request": REQUESTS[1], "decision": wrong, "inspection": found, "supersedes": "D-1"},
        {"request": REQUESTS[1], "decision": first, "supersedes": None},
    ]
    shorter = service(tmp_path / "now", POLICY.replace("days: 30", "days: 20"))
    whole = Replaying(shorter).run([record_of(line, "") for line in lines]).total
    assert whole.outcomes == {("approved", "denied"): 3}
    assert (whole.count, whole.superseded, whole.sums) == (3, 2, {"CNY": "-20.00"})
    assert "customers get 20.00 CNY less" in telling.as_text(
        Replaying(shorter).run([record_of(line, "") for line in lines])
    )


def test_what_cannot_be_compared_is_counted(tmp_path: Path) -> None:
    was = service(tmp_path)
    decision = was.decide(REQUESTS[0]).decision
    result = Replaying(was).run(
        [
            Record("1", REQUESTS[0], None),
            Record("2", REQUESTS[0], decision, settled=True),
            Record("3", {**REQUESTS[0], "merchant": "nobody"}, decision),
        ]
    )
    assert result.compared == 0
    assert sorted(result.left_out)[:1] == ["no decision recorded"]
    assert result.left_out["settled by a person or a deadline"] == 1
    assert sum(count for reason, count in result.left_out.items() if reason.startswith("refused: ")) == 1


def test_records_are_read_from_json_lines_and_parquet(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    made = records(service(tmp_path))
    lines = [{"request": each.request, "decision": each.decision} for each in made]
    (tmp_path / "d.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n\n", encoding="utf-8")
    table = arrow.table({name: [json.dumps(line[name]) for line in lines] for name in ("request", "decision")})
    parquet.write_table(table, tmp_path / "d.parquet")
    for name in ("d.jsonl", "d.parquet"):
        assert [(each.request, each.decision) for each in read_records(tmp_path / name)] == [
            (each.request, each.decision) for each in made
        ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "d.jsonl:1: this is not JSON"),
        ("[]", "d.jsonl:1: expected an object with `request` and `decision`"),
        ('{"decision": {}}', "d.jsonl:1: there is no `request` in it"),
        ('{"request": {}, "decision": 1}', "d.jsonl:1: `decision` is not an object"),
        ('{"request": {}, "decision": {}}', "d.jsonl:1: `decision` is none: it lacks `outcome`"),
        ('{"request": {}, "act": 5}', "d.jsonl:1: `act` is not an object"),
        ('{"request": {}, "act": {"inspection": 5}}', "d.jsonl:1: `inspection` is not an object"),
        ('{"request": {}, "inspection": []}', "d.jsonl:1: `inspection` is not an object"),
    ],
)
def test_a_line_that_is_no_record_is_named(line: str, said: str) -> None:
    with pytest.raises(BadRecord, match="^" + said.replace("[", r"\[")):
        list(read_lines(io.BytesIO(line.encode()), "d.jsonl"))


@pytest.mark.parametrize(
    "refund",
    [
        None,
        {},
        {"currency": "CNY", "total": "1.00"},
        {"currency": "CNY", "total": "1", "amount_due": "0.00"},
        {"currency": "XXX", "total": "1.00", "amount_due": "0.00"},
        {"currency": ["CNY"], "total": 1, "amount_due": 0},
    ],
)
def test_a_decision_whose_sums_do_not_read_is_no_record(refund: Any) -> None:
    with pytest.raises(BadRecord, match="the sums of `refund`"):
        record_of({"request": {}, "decision": {"outcome": "denied", "entitlements": [], "refund": refund}}, "1")


def test_a_file_that_is_no_parquet_or_holds_no_json_is_named(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    (tmp_path / "no.parquet").write_text("{}", encoding="utf-8")
    with pytest.raises(BadRecord, match=r"^no\.parquet: this is not Parquet"):
        list(read_records(tmp_path / "no.parquet"))
    parquet.write_table(arrow.table({"request": ["{"]}), tmp_path / "d.parquet")
    with pytest.raises(BadRecord, match=r"^d\.parquet, row 1: this is not JSON"):
        list(read_records(tmp_path / "d.parquet"))


@pytest.mark.parametrize("body", [{}, {"order": {}, "lines": []}, {"order": 5}, {"order": {"placed_at": "then"}}])
def test_a_request_that_does_not_read_is_refused_and_counted(tmp_path: Path, body: dict[str, Any]) -> None:
    now = service(tmp_path)
    result = Replaying(now, now).run([Record("1", body, None)])
    assert [reason.partition(":")[0] for reason in result.left_out] == ["refused"]


def test_a_request_that_says_no_instant_is_decided_as_the_order_was_placed(tmp_path: Path) -> None:
    now = service(tmp_path)
    asked = {name: value for name, value in request().items() if name != "requested_at"}
    decided = now.decide(asked | {"requested_at": asked["order"]["placed_at"]}).decision
    assert Replaying(now).run([Record("1", asked, {**decided, "decided_at": None})]).changed == 0


@pytest.mark.parametrize("lines", [5, [5], [], [{}], [[]], None])
def test_a_decision_with_odd_lines_is_one_that_differs(tmp_path: Path, lines: Any) -> None:
    now = service(tmp_path)
    [record, *_] = records(now)
    odd = Record("1", record.request, {**(record.decision or {}), "lines": lines})
    assert Replaying(now).run([odd]).changed == 1


def test_programs_read_the_same_as_json(tmp_path: Path) -> None:
    told = json.loads(telling.as_json(replayed(tmp_path, "rate: 10%", "rate: 15%")))
    assert (told["compared"], told["changed"], told["total"]["customers_get"]) == (4, 2, {"CNY": "-2.00"})
    assert told["groups"][0]["clauses"] == ["wear"]
