"""Pieces of policies and requests that the pages show without a name: each is right as it stands."""

import json
import re
from pathlib import Path

import pytest
import yaml

from policy_service.contract.request import parse_request
from policy_service.language.checking import check
from policy_service.language.renderings import as_text

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs").glob("[eg]*/*.md"))]
BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)

HEAD = """\
merchant: shown
version: "1"
effective: {from: 2025-01-01}
timezone: Europe/Berlin
currency: EUR
facts:
  assembled: {about: line, type: boolean, default: false}
clauses:
"""
# What snippets refer to without showing it.
NAMED = {
    "return-30": "- id: return-30\n  window: {days: 30, after: delivery}\n",
    "final-sale": "- id: final-sale\n  deny: {code: final_sale}\n  when: {tags: clearance}\n",
}


def blocks(language: str) -> list[tuple[str, str]]:
    """(page and number, text) of every block of a language, without the page's indentation."""
    found = []
    for page in PAGES:
        for number, block in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8")), start=1):
            if block["language"] == language:
                text = re.sub(rf"^{block['indent']}", "", block["text"], flags=re.MULTILINE)
                found.append((f"{page.relative_to(ROOT)}:{number}", text))
    return found


CLAUSES = [(where, text) for where, text in blocks("yaml") if re.match(r"(clauses:\n)? *- id: ", text)]
CONDITIONS = [
    (where, line.partition("#")[0].strip())
    for where, text in blocks("yaml")
    for line in text.splitlines()
    if line.startswith("when: ")
]
EFFECTS = [
    (where, text.strip())
    for where, text in blocks("yaml")
    if re.match(r"(window|warranty|fee|deadline): \{.*\}\n$", text)
]


def problems(clauses: str, folder: Path) -> str:
    path = folder / "shown" / "1.yaml"
    path.parent.mkdir()
    path.write_text(HEAD + clauses, encoding="utf-8")
    return as_text([each for each in check([path]) if each.severity == "error"])


def test_there_are_snippets_of_each_sort():
    assert len(CLAUSES) > 5
    assert len(CONDITIONS) > 4
    assert EFFECTS


@pytest.mark.parametrize(("where", "text"), CLAUSES, ids=[where for where, _ in CLAUSES])
def test_a_clause_shown_is_a_clause(where, text, tmp_path):
    listed = re.sub(r"^clauses:\n", "", text)
    indent = re.match(" *", listed).group()
    listed = re.sub(rf"^{indent}", "", listed, flags=re.MULTILINE)
    missing = [clause for name, clause in NAMED.items() if f"id: {name}\n" not in listed and name in listed]
    assert problems("".join(missing) + listed, tmp_path) == ""


@pytest.mark.parametrize(("where", "line"), CONDITIONS, ids=[f"{where}-{line}" for where, line in CONDITIONS])
def test_a_condition_shown_is_a_condition(where, line, tmp_path):
    assert problems(f"- id: shown\n  deny: {{code: shown}}\n  {line}\n", tmp_path) == ""


@pytest.mark.parametrize(("where", "line"), EFFECTS, ids=[f"{where}-{line}" for where, line in EFFECTS])
def test_an_effect_shown_is_an_effect(where, line, tmp_path):
    assert problems(f"- id: shown\n  {line}\n", tmp_path) == ""


@pytest.mark.parametrize(("where", "text"), blocks("yaml"), ids=[where for where, _ in blocks("yaml")])
def test_everything_shown_as_yaml_is_yaml(where, text):
    yaml.safe_load(text.replace("…", "more") if not re.search(r"^when: .*\n(.*\n)*when: ", text) else "{}")


@pytest.mark.parametrize(("where", "text"), blocks("json"), ids=[where for where, _ in blocks("json")])
def test_a_request_shown_is_a_request(where, text):
    shown = json.loads(text)
    # Of a batch the first; a page may go on with one that is refused.
    request, *_ = shown.get("requests", [shown])
    assert parse_request(request).request.merchant
