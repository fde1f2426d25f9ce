"""The commands about the ledger: seed, verify, export, erase, replay, report, worker."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from policy_service.cli import policy
from policy_service.cli._endings import Unusable
from policy_service.cli._ledger import ledger_settings
from policy_service.ledger.database import Database
from policy_service.ledger.ledger import Ledger
from policy_service.ledger.reading import Filter
from policy_service.ledger.reports.catalogue import make
from policy_service.ledger.reports.counting import Span
from tests.cli.commands import command_line, environment

RULES = str(Path(__file__).resolve().parents[2] / "rules")
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger with a short history."""
    path = str(tmp_path_factory.mktemp("demo") / "demo.db")
    done = CliRunner().invoke(policy, ["demo", "seed", "--rules", RULES, "--cases", "60", "--ledger", path])
    assert done.exit_code == 0, done.output
    return path


@pytest.fixture
def run(seeded: str) -> Run:
    def run(*arguments: str, status: int = 0) -> Result:
        done = CliRunner().invoke(policy, [*arguments, "--ledger", seeded])
        assert done.exit_code == status, done.output
        return done

    return run


def dump(path: str) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_the_same_seed_writes_the_same_ledger(seeded: str, tmp_path: Path) -> None:
    other = str(tmp_path / "other.db")
    CliRunner().invoke(policy, ["demo", "seed", "--rules", RULES, "--cases", "60", "--ledger", other])
    assert dump(seeded) == dump(other)


def test_a_day_in_one_transaction_writes_what_a_commit_for_each_event_does(
    seeded: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "at_once", lambda _: nullcontext())
    other = str(tmp_path / "other.db")
    CliRunner().invoke(policy, ["demo", "seed", "--rules", RULES, "--cases", "60", "--ledger", other])
    assert dump(seeded) == dump(other)


def test_a_ledger_with_something_in_it_is_not_seeded_and_a_free_name_is_offered(run: Run, seeded: str) -> None:
    said = run("demo", "seed", "--rules", RULES, status=2).output
    assert f"the ledger is not empty; name a new one with `--ledger {seeded.removesuffix('.db')}-2.db`" in said


def test_verify_prints_links_that_can_be_asked_for_again(run: Run) -> None:
    lines = run("ledger", "verify").output.splitlines()
    assert lines[-1] == "everything holds"
    merchant, link = lines[0].partition(":")[0], lines[0].rpartition(" ")[2]
    assert run("ledger", "verify", "--expect", f"{merchant}={link}").output.endswith("everything holds\n")
    assert "is not in the chain" in run("ledger", "verify", "--expect", f"{merchant}=sha256:0", status=1).output


def test_an_export_holds_every_decision_with_its_request(run: Run, tmp_path: Path) -> None:
    lines, table = tmp_path / "all.jsonl", tmp_path / "all.parquet"
    said = run("ledger", "export", str(lines)).output
    records = [json.loads(line) for line in lines.read_text(encoding="utf-8").splitlines()]
    assert said == f"{len(records)} decisions written to {lines}\n"
    assert {"id", "case_id", "recorded_at", "supersedes", "act", "request", "decision"} == set(records[0])
    run("ledger", "export", str(table))
    rows = pq.read_table(table).to_pylist()
    assert [row["id"] for row in rows] == [record["id"] for record in records]
    assert [row["supersedes"] for row in rows] == [record["supersedes"] for record in records]
    assert json.loads(rows[0]["decision"]) == records[0]["decision"]
    run("ledger", "export", str(tmp_path / "all.txt"), status=2)


def test_replay_reads_a_ledger_by_its_url(seeded: str) -> None:
    done = CliRunner().invoke(policy, ["replay", f"sqlite:///{seeded}", "--rules", RULES])
    assert done.exit_code == 0, done.output
    assert done.output.endswith("decisions made again, all the same\n")


def test_every_decision_of_the_history_replays_bit_for_bit_whatever_the_rules_say_now(run: Run, tmp_path: Path) -> None:
    assert "the same bit for bit\n" in run("ledger", "replay", "--rules", RULES).output
    (tmp_path / "other").mkdir()
    policy_file = """\
merchant: other
version: "1"
effective: {from: 2025-01-01}
timezone: UTC
currency: CNY
clauses:
  - id: a
    window: {days: 3, after: delivery}
"""
    (tmp_path / "other" / "1.yaml").write_text(policy_file, encoding="utf-8")
    said = run("ledger", "replay", "--rules", str(tmp_path)).output
    assert said.endswith("the same bit for bit\n")
    assert ", " not in said.splitlines()[-1]


@pytest.mark.parametrize("form", ["text", "json", "csv", "html"])
def test_a_report_is_written_in_each_form(run: Run, tmp_path: Path, form: str) -> None:
    printed = run("report", "reasons", "--format", form).output
    assert "preference" in printed
    target = tmp_path / "report"
    run("report", "reasons", "--format", form, "--output", str(target), "--language", "zh-CN")
    assert target.stat().st_size > 100


def test_erasing_says_in_how_many_records(run: Run, seeded: str) -> None:
    ledger = Ledger.open(seeded)
    customer = ledger.decisions(Filter()).items[0].request["customer"]["id"]
    ledger.close()
    assert run("ledger", "erase", "--customer", customer, "--yes").output.startswith("erased in ")
    assert run("ledger", "verify").output.endswith("everything holds\n")


def test_the_worker_does_what_is_due_and_ends(run: Run) -> None:
    assert run("worker", "--rules", RULES, "--once").output.strip().endswith("done")


def test_a_ledger_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    done = CliRunner().invoke(policy, ["ledger", "verify", "--ledger", "postgresql://nobody@127.0.0.1:9/none"])
    assert done.exit_code != 0
    assert "the ledger cannot be opened" in done.output + str(done.exception)


@pytest.mark.slow
def test_the_reports_find_what_is_out_of_the_ordinary_in_the_history(tmp_path: Path) -> None:
    path = str(tmp_path / "demo.db")
    done = CliRunner().invoke(policy, ["demo", "seed", "--rules", RULES, "--cases", "1200", "--ledger", path])
    assert done.exit_code == 0, done.output
    ledger = Ledger.open(path)

    def marked(name: str, section: str, key: str, verdict: str) -> list[tuple[str, str]]:
        rows = make(ledger, name, Span()).section(section).records()
        return [(row[key], row[verdict]) for row in rows if row[verdict]]

    assert marked("products", "unusual", "sku", "stands_out") == [("EARBUDS-X2", "more faults")]
    assert marked("liability", "packers", "packer", "stands_out") == [("K-07", "worse")]
    assert marked("sizes", "products", "product", "verdict") == [("SHIRT-OXFORD", "runs small")]
    batches = make(ledger, "products", Span()).section("batches").records()
    # so few cases show which batches there are; which of them is bad shows in 5,000
    assert [(row["sku"], row["batch"]) for row in batches] == [
        ("EARBUDS-X2", f"B-2025-0{month}") for month in range(5, 10)
    ]
    ledger.close()


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ("{folder}", "cannot write `{folder}`: is a directory\nname a file in it"),
        ("{folder}/no/x.db", "cannot write `{folder}/no/x.db`: there is no folder `{folder}/no`\nmake it first"),
        (
            "mysql://user@host/database",
            "a ledger is kept in SQLite or PostgreSQL, not in `mysql`\n"
            "such as `sqlite:///policy-ledger.db` or `postgresql://user@host/database`",
        ),
        (
            "postgresql://user@host/database",
            "PostgreSQL needs `psycopg`, which is not installed\n"
            "install the `postgres` extra: `pip install policy-service[postgres]`",
        ),
    ],
)
def test_a_ledger_that_cannot_be_opened_is_told_with_the_mend(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: str, said: str
) -> None:
    if ledger.startswith("postgresql"):
        monkeypatch.setitem(sys.modules, "psycopg", None)
    command = ["worker", "--once", "--rules", RULES, "--ledger", ledger.format(folder=tmp_path)]
    done = CliRunner().invoke(policy, command)
    assert done.exit_code == 2
    assert done.output == f"Error: the ledger cannot be opened: {said.format(folder=tmp_path)}\n"
    assert list(tmp_path.iterdir()) == []


def test_parquet_without_its_library_is_told_with_the_mend(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("ledger", "export", str(tmp_path / "all.parquet"), status=2)
    assert done.output.splitlines() == [
        "Error: Parquet needs pyarrow, which is not installed here",
        "install `policy-service[analytics]`, or write `.jsonl`",
    ]


@pytest.mark.parametrize("read_only", ["the file", "the folder"])
def test_where_a_ledger_may_not_be_written_is_said_before_anything_is_served(
    monkeypatch: pytest.MonkeyPatch, read_only: str
) -> None:
    monkeypatch.setattr("policy_service.cli._ledger._migrate_apart", lambda _: None)  # nobody may not read our code
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to other users
        folder, file = Path(name), Path(name, "ledger.db")
        if read_only == "the file":
            Ledger.open(str(file)).close()
            file.chmod(0o444)
        folder.chmod(0o777 if read_only == "the file" else 0o555)
        with as_nobody(), pytest.raises(Unusable) as refused:
            ledger_settings(str(file), None, None, embedded_worker=True)
        place = file if read_only == "the file" else folder
        assert refused.value.message.splitlines()[0] == (
            f"the ledger cannot be opened: cannot write `{place}`: permission denied"
        )


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user whom permissions bind: tests in a container may be run by root."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


WEBHOOKS = """\
webhooks:
  - name: shop
    urll: https://shop.example/returns
    secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
    merchants: [dg-hom]
"""


@pytest.mark.parametrize("command", [["worker", "--once"], ["serve", "--port", "18099"]])
def test_a_slip_in_the_file_of_webhooks_is_told_alike_and_no_ledger_is_made(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.yaml").write_text(WEBHOOKS, encoding="utf-8")
    done = CliRunner().invoke(policy, [*command, "--rules", RULES, "--webhooks", "w.yaml"])
    assert (done.exit_code, done.output) == (
        2,
        "Error: `w.yaml`, line 3: a webhook has no `urll`\ndid you mean `url`?\n",
    )
    assert not Path("policy-ledger.db").exists()


def test_a_webhook_for_a_merchant_without_a_policy_is_warned_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("w.yaml").write_text(WEBHOOKS.replace("urll", "url"), encoding="utf-8")
    done = CliRunner().invoke(policy, ["worker", "--once", "--rules", RULES, "--webhooks", "w.yaml"])
    assert done.exit_code == 0
    assert "warning: the webhook `shop` is for `dg-hom`, which has no policy; did you mean `dg-home`?" in done.output


@pytest.mark.parametrize(
    "command",
    [
        ["ledger", "verify"],
        ["ledger", "export", "all.jsonl"],
        ["ledger", "replay", "--rules", RULES],
        ["ledger", "erase", "--customer", "C-7", "--yes"],
        ["report", "money"],
        ["record", "0197a3c0-5f6c-7cc1-9a8e-0d3c6d1f2a44", "--rules", RULES],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_ledger_that_is_not_there_is_not_made_to_be_read(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("policy-ledger.db").touch()
    done = CliRunner().invoke(policy, [*command, "--ledger", "policy-ledgr.db"])
    said = "Error: there is no ledger `policy-ledgr.db`\ndid you mean `policy-ledger.db`?\n"
    assert (done.exit_code, done.output) == (2, said)
    assert [each.name for each in Path.cwd().iterdir()] == ["policy-ledger.db"]


def test_a_replay_makes_no_ledger_either(tmp_path: Path) -> None:
    file = tmp_path / "nofile.db"
    done = CliRunner().invoke(policy, ["replay", f"sqlite:///{file}", "--rules", RULES])
    assert (done.exit_code, f"there is no ledger `{file}`" in done.output) == (2, True)
    assert not file.exists()


def test_another_database_is_no_ledger(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE things (name)")
    done = CliRunner().invoke(policy, ["ledger", "verify", "--ledger", str(file)])
    assert (done.exit_code, done.output) == (
        2,
        f"Error: `{file}` is no ledger: nothing was ever recorded in it\n",
    )
    assert "CREATE TABLE decisions" not in "".join(dump(str(file)))


@pytest.mark.parametrize(
    "command", [["ledger", "verify"], ["ledger", "export", "all.jsonl"], ["report", "money"]], ids=" ".join
)
def test_a_merchant_of_whom_nothing_is_recorded_is_told(
    run: Run, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said = run(*command, "--merchant", "dg-hom", status=2).output
    assert said == "Error: the ledger has no decisions of `dg-hom`\ndid you mean `dg-home`?\n"


def test_a_worker_on_a_new_ledger_says_nothing_of_how_it_is_laid_out(tmp_path: Path) -> None:
    done = subprocess.run(
        command_line("worker", "--once", "--rules", RULES, "--ledger", "new.db"),
        cwd=tmp_path, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("0 done\n", "")
