"""The container image, read as text: there may be no engine where the tests run."""

import json
import re
from pathlib import Path

from policy_service.cli.serve import command as serve

ROOT = Path(__file__).resolve().parents[2]


def instructions() -> list[tuple[str, str]]:
    """(INSTRUCTION, arguments) in order, continued lines joined, comments dropped."""
    text = (ROOT / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word, rest) for word, _, rest in (line.strip().partition(" ") for line in joined.splitlines())]


def final_stage() -> list[tuple[str, str]]:
    last = max(index for index, (word, _) in enumerate(instructions()) if word == "FROM")
    return instructions()[last:]


def test_it_is_built_in_stages_and_runs_on_a_slim_base():
    bases = [rest for word, rest in instructions() if word == "FROM"]
    assert len(bases) == 2
    assert all("-slim" in base for base in bases)
    assert all(re.search(r"python:3\.1[12]-", base) for base in bases)


def test_no_compiler_gets_into_the_image_that_runs():
    assert not any(word == "RUN" and "apt-get" in rest for word, rest in final_stage())


def test_it_runs_as_a_user_without_rights_named_by_number():
    users = [rest for word, rest in final_stage() if word == "USER"]
    assert users == ["10001:10001"]


def test_its_health_is_asked_at_healthz_without_a_tool_that_slim_lacks():
    (check,) = [rest for word, rest in final_stage() if word == "HEALTHCHECK"]
    assert "http://127.0.0.1:8080/healthz" in check
    assert "curl" not in check
    assert "wget" not in check


def test_nothing_but_the_ledger_is_written_at_run_time():
    environment = " ".join(rest for word, rest in final_stage() if word == "ENV")
    assert "PYTHONDONTWRITEBYTECODE=1" in environment
    assert [rest for word, rest in final_stage() if word in ("VOLUME", "WORKDIR")] == ["/data", "/data"]
    (command,) = [rest for word, rest in final_stage() if word == "CMD"]
    assert '"--ledger", "sqlite:////data/' in command


def test_it_asks_for_keys_since_it_listens_beyond_loopback_and_holds_none():
    (command,) = [json.loads(rest) for word, rest in final_stage() if word == "CMD"]
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert command[command.index("--api-keys") + 1].startswith("/run/secrets/")


def test_every_option_of_its_command_is_one_that_serve_has():
    (command,) = [json.loads(rest) for word, rest in final_stage() if word == "CMD"]
    known = {name for option in serve.params for name in option.opts}
    assert command[0] == "serve"
    assert {each for each in command if each.startswith("--")} <= known


def test_the_command_is_a_list_so_that_signals_reach_the_service():
    for word, rest in final_stage():
        if word in ("CMD", "ENTRYPOINT"):
            assert rest.startswith("[")


def test_what_is_installed_is_locked_with_hashes():
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip install" in rest]
    steps = [step for rest in installs for step in rest.split("&&") if "pip install" in step]
    assert all("--require-hashes" in step or "--no-deps" in step for step in steps)


def test_everything_copied_from_the_context_is_let_through_by_the_ignore_file():
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {
        source.split("/")[0]
        for word, rest in instructions()
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied <= allowed
    assert all((ROOT / name).exists() for name in copied)
