"""However a command ends: a status, plain words, no traceback."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time
from pathlib import Path

import click
import pytest

from policy_service.cli import policy as commands
from policy_service.cli._endings import run
from tests.api.corner import POLICY, rules
from tests.cli.commands import command_line, environment, policy

NAMES = sorted(commands.list_commands(click.Context(commands)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "there is no command `chekc`\ndid you mean `check`?"),
        (["check"], "there is no `rules`"),
        (["check", "nowhere"], "nowhere"),
        (["check", "--fromat", "json", "."], "--fromat"),
        (["decide", "nowhere.json"], "nowhere.json"),
        (["decide", "-", "--rules", "nowhere"], "nowhere"),
        (["decide", "-", "--rules", ".", "--now", "today"], "`today` is no instant"),
        (["decide", "-", "--rules", ".", "--now", "2025-06-01T00:00:00"], "has no offset"),
        (["schema", "nothing"], "nothing"),
        (["serve", "--rules", ".", "--host", "0.0.0.0"], "without `--api-keys`"),
        (["serve", "--rules", ".", "--port", "0"], "port"),
        (["serve", "--rules", ".", "--rate-limit", "often"], "`often` is no rate"),
    ],
)
def test_wrong_usage_ends_with_status_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    ran = policy(*arguments, folder=tmp_path)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("name", NAMES)
def test_every_command_explains_itself_with_an_example(name: str, tmp_path: Path) -> None:
    ran = policy(name, "--help", folder=tmp_path)
    assert ran.returncode == 0
    assert f"Usage: policy {name}" in ran.stdout


def test_the_list_of_commands_says_what_each_is_for(tmp_path: Path) -> None:
    told = policy("--help", folder=tmp_path).stdout
    for name in NAMES:
        assert any(line.split()[:1] == [name] and len(line.split()) > 2 for line in told.splitlines()), name


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (
            RuntimeError("secret\nsecond line"),
            70,
            "policy: unexpected RuntimeError: secret\nrun the same command with `--debug`",
        ),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(3), 3, ""),
        (SystemExit(None), 0, ""),
        (SystemExit("words"), 1, "words"),
        (PermissionError(13, "Permission denied", "secrets.yaml"), 2, "Error: `secrets.yaml`: permission denied"),
        (click.ClickException("no"), 1, "Error: no"),
    ],
    ids=repr,
)
def test_an_error_becomes_a_status_and_words(
    error: BaseException, status: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(failing(error), []) == status
    written = capsys.readouterr()
    assert written.out == ""
    assert written.err.startswith(said)
    assert "Traceback" not in written.err


def test_debug_shows_where_an_error_arose(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(failing(RuntimeError("where")), ["--debug"]) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    (folder / "corner-shop.yaml").write_text(POLICY + "  - {id: x, deny: {}}\n" * 3000, encoding="utf-8")
    command = command_line("check", folder)
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
    assert running.stdout
    assert running.stderr
    running.stdout.readline()
    running.stdout.close()
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait(60) == 1


def test_an_interrupted_command_says_nothing(tmp_path: Path) -> None:
    command = command_line("decide", "-", "--rules", rules(tmp_path))
    running = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    time.sleep(3)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err.strip()) == (130, b"", b"")


def test_a_terminal_gets_colours_and_a_pipe_does_not(tmp_path: Path) -> None:
    folder = rules(tmp_path)
    (folder / "corner-shop.yaml").write_text(POLICY.replace("window:", "windoe:"), encoding="utf-8")
    command = command_line("check", folder)
    outer, inner = pty.openpty()
    subprocess.run(command, stdout=inner, env=environment(TERM="xterm-256color"), check=False, timeout=60)
    os.close(inner)
    assert b"\x1b[" in os.read(outer, 65536)
    os.close(outer)
    assert "\x1b" not in policy("check", folder, folder=tmp_path).stdout
