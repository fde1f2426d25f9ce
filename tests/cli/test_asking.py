"""`policy check`, `decide`, `explain`, `schema` and `api-key`, run as their users run them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api.corner import POLICY, request, rules
from tests.cli.commands import policy

REQUEST = json.dumps(request(), indent=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rules(tmp_path)
    (tmp_path / "request.json").write_text(REQUEST, encoding="utf-8")
    return tmp_path


def test_clean_policies_are_passed_without_a_word(folder: Path) -> None:
    ran = policy("check", "rules", folder=folder)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_without_a_path_the_folder_rules_is_checked(folder: Path) -> None:
    assert policy("check", folder=folder).returncode == 0
    (folder / "rules" / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    assert policy("check", folder=folder).returncode == 1


def test_a_folder_without_policies_is_no_success(folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "empty" / "2026-01.txt").write_text(POLICY, encoding="utf-8")
    ran = policy("check", "empty", folder=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "there is nothing to check in `empty`" in ran.stderr


def test_a_mistake_is_shown_with_its_place_and_mend(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(
        POLICY.replace("condition: opened", "condition: opend"), encoding="utf-8"
    )
    ran = policy("check", "rules", folder=folder)
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[:4] == [
        "rules/corner-shop.yaml:14:23: error PS209-impossible-value: `condition` is never `opend`",
        "        when: {condition: opend}",
        "                          ^^^^^",
        "    did you mean `opened`?",
    ]
    assert ran.stdout.splitlines()[-1] == "1 error in 1 file"


def test_a_policy_that_cannot_be_served_is_not_passed(folder: Path) -> None:
    alternatives = ", ".join(f"{{sku: S-{n}, tags: t-{n % 150}}}" for n in range(4_000))
    (folder / "rules" / "corner-shop.yaml").write_text(
        f"{POLICY}\n  - {{id: many, grant: [free_pickup], when: {{any: [{alternatives}]}}}}\n", encoding="utf-8"
    )
    ran = policy("check", "rules", folder=folder)
    assert (ran.returncode, "PS220-too-many-rules" in ran.stdout) == (1, True)


def test_mistakes_of_policies_and_suites_come_in_one_run(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    (folder / "rules" / "suite.yaml").write_text("suite: ours\nscenaries: []\n", encoding="utf-8")
    found = json.loads(policy("check", "rules", "--format", "json", folder=folder).stdout)
    assert {each["file"] for each in found} == {"rules/corner-shop.yaml", "rules/suite.yaml"}


def test_sarif_is_told_from_the_same_mistakes(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    log = json.loads(policy("check", "rules", "--format", "sarif", folder=folder).stdout)
    assert log["version"] == "2.1.0"
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] == 11


def test_a_warning_fails_only_when_asked_to(folder: Path) -> None:
    ends = POLICY.replace("{from: 2025-01-01}", "{from: 2025-01-01, through: 2025-12-31}")
    (folder / "rules" / "corner-shop.yaml").write_text(ends, encoding="utf-8")
    assert policy("check", "rules", folder=folder).returncode == 0
    assert policy("check", "rules", "--strict", folder=folder).returncode == 1


def test_a_decision_is_printed_as_json(folder: Path) -> None:
    ran = policy("decide", "request.json", "--rules", "rules", folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    decision = json.loads(ran.stdout)
    assert (decision["outcome"], decision["refund"]["total"]) == ("approved", "179.91")


def test_a_request_is_read_from_standard_input(folder: Path) -> None:
    assert json.loads(policy("decide", "-", folder=folder, given=REQUEST).stdout)["outcome"] == "approved"


@pytest.mark.parametrize(
    ("now", "outcome"), [("2025-06-10T23:59:59+08:00", "approved"), ("2025-06-11T00:00:00+08:00", "denied")]
)
def test_it_is_decided_as_if_asked_then(folder: Path, now: str, outcome: str) -> None:
    assert json.loads(policy("decide", "request.json", "--now", now, folder=folder).stdout)["outcome"] == outcome


def test_the_memo_changes_nothing_but_the_id(folder: Path) -> None:
    with_memo, without = (
        json.loads(policy("decide", "request.json", *options, folder=folder).stdout) for options in ([], ["--no-memo"])
    )
    assert {**with_memo, "id": ""} == {**without, "id": ""}


def test_messages_are_in_the_language_asked_for(folder: Path) -> None:
    decision = json.loads(policy("decide", "request.json", "--locale", "zh-CN", folder=folder).stdout)
    assert decision["lines"][0]["reasons"][0]["message"] == "收货后7天内可退货"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["decide", "request.json", "--now", "2026-03-10"],
         "write it as 2026-03-10T00:00:00+08:00 or 2026-03-10T00:00:00Z"),
        (["explain", "request.json", "--now", "2026-03-10T09:30:00"],
         "write it as 2026-03-10T09:30:00+08:00 or 2026-03-10T09:30:00Z"),
        (["decide", "request.json", "--locale", "fr"], "there are no messages in `fr`; write `en` or `zh-CN`"),
        (["explain", "request.json", "--locale", "fr"], "there are no messages in `fr`; write `en` or `zh-CN`"),
        (["check", "ruls"], "there is no `ruls`; did you mean `rules`?"),
        (["mutate", "ruls"], "there is no `ruls`; did you mean `rules`?"),
        (["test", "ruls"], "there is no `ruls`; did you mean `rules`?"),
        (["decide", "request.json", "--rules", "ruls"], "there is no `ruls`; did you mean `rules`?"),
        (["test", "rules", "-n", "two"], "`two` is no number of processes; write one from 1 to 256, or `auto`"),
        (["report", "money", "--from", "10.3.2026"], "`10.3.2026` is no date; write it as 2025-06-20"),
        (["ledger", "erase", "--before", "2026-02-30"], "`2026-02-30` is no date; write it as 2025-06-20"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_a_slip_is_told_with_what_to_write(folder: Path, arguments: list[str], said: str) -> None:
    ran = policy(*arguments, folder=folder)
    assert (ran.returncode, said in " ".join(ran.stderr.split())) == (2, True), ran.stderr


@pytest.mark.parametrize("tag", ["zh", "zh_CN", "zh-Hans", "ZH-cn"])
def test_other_tags_of_a_language_are_understood(folder: Path, tag: str) -> None:
    decision = json.loads(policy("decide", "request.json", "--locale", tag, folder=folder).stdout)
    assert decision["lines"][0]["reasons"][0]["message"] == "收货后7天内可退货"


def test_an_inspection_is_decided_after_the_request(folder: Path) -> None:
    (folder / "found.json").write_text('{"lines": [{"order_line": "1", "quantity": 1, "condition": "unopened"}]}')
    ran = policy("decide", "request.json", "--inspection", "found.json", folder=folder)
    decision = json.loads(ran.stdout)
    assert (decision["stage"], decision["refund"]["total"]) == ("inspection", "199.90")


def test_a_request_that_does_not_fit_is_told_every_error(folder: Path) -> None:
    ran = policy("decide", "-", folder=folder, given='{"merchant": "corner-shop", "linse": []}')
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.splitlines() == [
        "the request does not fit: there are 3 errors",
        "  /order: `order` is required",
        "  /lines: `lines` is required",
        "  /linse: `linse` is not a field here (did you mean `lines`?)",
    ]


def test_what_is_wrong_with_a_file_is_said_once_and_of_the_file(folder: Path) -> None:
    early = REQUEST.replace("2025-06-01T10:00:00+08:00", "2024-06-01T10:00:00+08:00")
    assert policy("decide", "-", folder=folder, given=early).stderr.splitlines() == [
        "no policy was in force: `corner-shop` had no policy in force on 2024-06-01",
        "  /order/placed_at: its versions: 1 from 2025-01-01",
    ]
    assert policy("decide", "-", folder=folder, given="{").stderr.startswith("the request is not JSON: ")
    (folder / "found.json").write_text("{}")
    ran = policy("decide", "request.json", "--inspection", "found.json", folder=folder)
    assert ran.stderr.startswith("the inspection does not fit: ")


def test_a_decision_is_explained_with_clauses_dates_and_sums(folder: Path) -> None:
    ran = policy("explain", "request.json", folder=folder)
    assert ran.returncode == 0
    assert ran.stdout == (Path(__file__).parent / "explained.txt").read_text(encoding="utf-8")


def test_a_denial_is_explained_by_the_window_that_closed(folder: Path) -> None:
    told = policy("explain", "request.json", "--now", "2025-06-20T10:00:00+08:00", folder=folder).stdout
    assert "return-7: closed, its last day was 2025-06-10, counted from delivery on 2025-06-03" in told


RINGS = POLICY.replace(
    "clauses:\n",
    """facts:
  carats: {about: line, type: number}
  engraved: {about: line, type: boolean}
clauses:
  - id: rings
    window: {days: 14, after: delivery}
    for: [return]
    when: {category: kitchen}
    instead_of: [return-7]
  - {id: big, review: {code: high_value}, when: {carats: {over: 2}}}
  - {id: ours, deny: {code: engraved}, when: {engraved: true}}
""",
)


def test_a_fact_that_nobody_sent_is_unknown_or_what_it_counts_as(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(RINGS, encoding="utf-8")
    told = policy("explain", "request.json", folder=folder).stdout
    assert "    carats: unknown\n" in told
    assert "    engraved: false\n" in told


def test_a_permission_that_another_sets_aside_is_told_with_it(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(RINGS, encoding="utf-8")
    asked = REQUEST.replace('"sku": "KETTLE"', '"sku": "KETTLE", "category": "kitchen"')
    told = policy("explain", "-", folder=folder, given=asked).stdout
    assert "  permissions set aside\n    return-7: rings counts instead of it\n" in told


def test_policies_with_mistakes_are_not_asked(folder: Path) -> None:
    (folder / "rules" / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    for command in ("decide", "explain"):
        ran = policy(command, "request.json", folder=folder)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "rules/corner-shop.yaml:11:5: error PS101-unknown-key" in ran.stderr


def test_schemas_are_listed_printed_written_and_checked(folder: Path) -> None:
    names = policy("schema", folder=folder).stdout.split()
    assert {"policy", "scenarios", "request", "decision", "inspection", "problem"} <= set(names)
    assert policy("schema", "--write", "schemas", folder=folder).returncode == 0
    written = folder / "schemas" / "request.schema.json"
    assert written.read_text(encoding="utf-8") == policy("schema", "request", folder=folder).stdout
    assert policy("schema", "--check", "schemas", folder=folder).returncode == 0
    written.write_text("{}")
    ran = policy("schema", "--check", "schemas", folder=folder)
    assert ran.returncode == 1
    assert ran.stderr.startswith("schemas/request.schema.json is not as the code says")


def test_an_api_key_is_shown_once_and_its_hash_kept(folder: Path) -> None:
    ran = policy("api-key", "the shop", "--scope", "decide", "--scope", "override", folder=folder)
    key = ran.stderr.strip()
    assert key.startswith("pk_")
    assert key not in ran.stdout
    assert ran.stdout.splitlines()[0] == '  - name: "the shop"'
    assert ran.stdout.splitlines()[2] == "    scopes: [decide, override]"
