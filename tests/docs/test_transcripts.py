"""What the documentation shows is what happens: its files are written, its commands run, their output compared."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.transcripts import Line, ShownFile, Step, matches, read

ROOT = Path(__file__).resolve().parents[2]
POLICY = [sys.executable, "-c", "from policy_service.cli import main; main()"]
SHOWN_ADDRESS = "127.0.0.1:8080"


def environment() -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))}
    return inherited | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1", "COLUMNS": "120"}


def run(step: Step, folder: Path, address: str) -> str:
    """The output of a command as a reader sees it, errors among it."""
    if step.command[0] == "curl":
        return curl(step.command[1:], folder, address)
    program, *arguments = step.command
    command = [*{"policy": POLICY, "python3": [sys.executable]}.get(program, [program]), *arguments]
    done = subprocess.run(
        command, cwd=folder, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120
    )
    return done.stdout.replace(str(folder) + "/", "")


def run_line(line: Line, folder: Path, address: str, known: str) -> tuple[int, str]:
    """The exit status of a line, and what it prints; of curl 0, unless the service itself fails."""
    words = shlex.split(line.text, comments=True)
    if words[0] == "curl":
        printed = curl(tuple(words[1:]), folder, address)
        return int('"status":5' in printed), printed
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    (programs / "policy").write_text(f'#!/bin/sh\nexec {shlex.join(POLICY)} "$@"\n', encoding="utf-8")
    (programs / "policy").chmod(0o755)
    path = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        line.text.replace("$ID", known),
        shell=True,
        cwd=folder,
        env=environment() | path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    return done.returncode, done.stdout + done.stderr


def curl(arguments: tuple[str, ...], folder: Path, address: str) -> str:
    """The few options of curl that the pages use; the request goes to the server under test."""
    url, method, data, headers = "", None, None, {}
    rest = iter(arguments)
    for each in rest:
        if each == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif each in ("-d", "--data"):
            text = next(rest)
            data = (folder / text[1:]).read_bytes() if text.startswith("@") else text.encode()
        elif each == "-X":
            method = next(rest)
        elif not each.startswith("-"):
            url = each.replace(SHOWN_ADDRESS, address)
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=20) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.read().decode()


class Server:
    """`policy serve` on a free port, started when a page first asks it something."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"

    def start(self) -> None:
        if self.process is not None:
            return
        self.process = subprocess.Popen(
            [*POLICY, "serve", "--rules", "rules", "--port", str(self.port)],
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"http://{self.address}/readyz", timeout=2).close()
                return
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the service did not become ready in 60 seconds")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=30)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path)
    yield server
    server.stop()


def write(shown: ShownFile, folder: Path) -> None:
    path = folder / shown.path
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(shown.text, encoding="utf-8")


def same(step: Step, printed: str) -> bool:
    """JSON is compared as values, so a page may lay it out for reading; everything else line by line."""
    shown = "\n".join(step.printed)
    if shown.startswith("{") and "…" not in re.sub(r'"[^"]*"', "", shown):
        return contains(json.loads(shown), json.loads(printed))
    return matches(step.printed, printed)


def contains(shown: object, got: object) -> bool:
    """Whether everything shown is in the answer; the text `…` stands for any value."""
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(got, dict):
        return all(key in got and contains(value, got[key]) for key, value in shown.items())
    if isinstance(shown, list) and isinstance(got, list):
        return len(shown) == len(got) and all(map(contains, shown, got))
    return shown == got


def with_id(step: Step, known: str) -> Step:
    """The step with `$ID` filled in: the id of the decision that was answered last."""
    return Step(tuple(word.replace("$ID", known) for word in step.command), step.printed)


def id_of(printed: str, known: str) -> str:
    answer = json.loads(printed)
    return answer["id"] if answer.get("stage") else known


SHIPPED = [
    ["README.md"],
    ["docs/guides/ask-for-a-decision.md", "docs/guides/test-a-policy.md"],
    [
        "docs/guides/follow-a-return.md",
        "docs/guides/pass-on-messages.md",
        "docs/guides/read-the-reports.md",
        "docs/guides/prove-a-change.md",
    ],
]
"""Pages that speak of the policies in rules/; the others bring their own."""

PATHS = [
    ["docs/tutorial.md", "docs/guides/find-what-your-tests-miss.md"],
    ["docs/guides/write-a-policy.md", "docs/guides/check-in-an-editor.md"],
    *SHIPPED,
]
"""Pages that are read one after the other."""

ELSEWHERE = re.compile(r"\. |(make|git|pip|pytest|docker|policy (serve|worker|demo))\b|.*(demo\.db|install-runtime)")
"""Commands that are tried in other tests, that never end, that take minutes, or that need what is not here."""

DIFFERS = "policy replay decisions.jsonl --rules rules --against proposed"
"""What ends with 1 because it finds what the page says that it finds."""


@pytest.mark.parametrize("pages", PATHS, ids=lambda pages: pages[0])
def test_following_the_pages_shows_what_they_say(pages, tmp_path, server):
    (tmp_path / "schemas").symlink_to(ROOT / "schemas")
    if pages in SHIPPED:
        # A copy, since some of the commands write there; of the only merchant that these pages speak of.
        for part in ("dg-home", "shared", "statutes"):
            shutil.copytree(ROOT / "rules" / part, tmp_path / "rules" / part)
    for page in pages:
        follow(page, tmp_path, server)


def follow(page: str, folder: Path, server: Server) -> None:
    known = ""
    for number, shown in enumerate(read(ROOT / page), start=1):
        if isinstance(shown, ShownFile):
            write(shown, folder)
            continue
        if isinstance(shown, Line):
            try_line(page, shown, folder, server, known)
            continue
        if shown.command[0] == "curl":
            server.start()
        if shown.command[:2] == ("policy", "serve") or shown.command[0] in ("make", "git", "pip"):
            continue
        printed = run(with_id(shown, known), folder, server.address)
        known = id_of(printed, known) if shown.command[0] == "curl" else known
        assert same(shown, printed), f"{page}, step {number}: {' '.join(shown.command)}\n{printed}"


def try_line(page: str, line: Line, folder: Path, server: Server, known: str) -> None:
    if ELSEWHERE.match(line.text):
        return
    if line.text.startswith("curl"):
        server.start()
    status, printed = run_line(line, folder, server.address, known)
    assert status == (line.text == DIFFERS), f"{page}: {line.text}\n{printed}"


def test_the_request_of_the_first_page_is_the_one_in_the_examples():
    (shown,) = [each for each in read(ROOT / "README.md") if isinstance(each, ShownFile)]
    assert (ROOT / shown.path).read_text(encoding="utf-8") == shown.text


def test_every_page_that_shows_a_file_or_a_command_is_readable_as_such():
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        fences = re.findall(r"^```", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(fences) % 2 == 0, page
