"""The pages made from the code: one for each kind of clause and each diagnostic, and what they show is so."""

import re
from pathlib import Path

import diagnostic_pages
import kind_pages
import pytest
import reference_pages
import worked
from mistakes import said_of

from policy_service.api.duties import duties_of
from policy_service.language.diagnostic_kinds import DIAGNOSTICS, DiagnosticKind
from policy_service.language.kinds import KINDS
from policy_service.scenarios.opening import bench_of

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)#:\s]*)(?:#([^)\s]+))?\)")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
EVERY_DIAGNOSTIC = pytest.mark.parametrize("diagnostic", DIAGNOSTICS.values(), ids=lambda each: each.number)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The text of every page of the site, by its path below docs/."""
    written = [path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts]
    return {path.relative_to(ROOT / "docs").as_posix(): path.read_text(encoding="utf-8") for path in written} | {
        f"reference/{name}": text for name, text in reference_pages.pages().items() if name.endswith(".md")
    }


def test_no_code_shows_the_backslash_of_an_escaped_bar(pages: dict[str, str]) -> None:
    assert [(page, span) for page, text in pages.items() for span in re.findall(r"`[^`\n]*\\\|[^`\n]*`", text)] == []


def test_what_a_command_takes_is_said_and_its_examples_can_be_pasted(pages: dict[str, str]) -> None:
    page = pages["reference/commands.md"]
    assert re.findall(r"^\| (.*) \|  \|$", page, re.MULTILINE) == []
    assert "Example:\n\n```text\npolicy check rules\npolicy check rules/my-shop/2026-01.yaml --strict\n```" in page
    assert "\n```text\naccepted_mutants:\n  - {mutant:" in page


@pytest.mark.parametrize(
    "key", ["clauses", "facts.<name>.about", "facts.<name>.default", "reasons.<name>.liability", "any", "all", "not"]
)
def test_every_key_of_a_policy_stands_in_a_table(key: str, pages: dict[str, str]) -> None:
    assert f"\n| `{key}`" in pages["reference/policy.md"]


@EVERY_KIND
def test_every_kind_has_a_page_and_stands_in_the_list(kind: str, pages: dict[str, str]) -> None:
    page = pages[f"reference/clauses/{kind}.md"]
    for part in (KINDS[kind].doc, KINDS[kind].doc_zh, KINDS[kind].decides, "## Keys", "## Example", "## See also"):
        assert part in page
    assert f"](clauses/{kind}.md){{ #{kind} }}" in pages["reference/clauses.md"]


@EVERY_KIND
def test_the_example_of_a_kind_decides_as_its_page_says(kind: str) -> None:
    shown = worked.worked(kind)
    assert f"{kind}:" in shown.clauses + shown.statute
    assert list(worked.faults(kind)) == []


def test_no_example_is_of_a_kind_that_is_not_there() -> None:
    assert worked.kinds() == set(KINDS)


def test_the_example_of_an_alert_makes_the_ledger_watch(tmp_path: Path) -> None:
    bench = bench_of(worked.laid_out("stock_alert", tmp_path))
    (outcome,) = map(bench.run, bench.loaded.cases)
    assert duties_of(outcome.stages[-1].decided).alerts == (
        {"sku": "KETTLE-2", "disposition": "defective", "reaches": 50, "clause": "many-defects"},
    )


@EVERY_DIAGNOSTIC
def test_every_diagnostic_has_a_page_and_stands_in_the_list(diagnostic: DiagnosticKind, pages: dict[str, str]) -> None:
    name = diagnostic_pages.name_of(diagnostic)
    page = pages[f"reference/{name}.md"]
    for part in (diagnostic.code, diagnostic.title, diagnostic.about, "## Wrong", "## Right"):
        assert part in page
    # The anchor is that of the time when all stood on one page.
    assert f"]({name}.md){{ #{diagnostic.code.lower()} }}" in pages["reference/diagnostics.md"]


@EVERY_DIAGNOSTIC
def test_the_wrong_piece_of_a_diagnostic_makes_it_and_the_right_one_mends_it(diagnostic: DiagnosticKind) -> None:
    said = said_of(diagnostic, diagnostic.wrong)
    assert set(re.findall(r" (?:error|warning) (PS\S+): ", said)) == {diagnostic.code}
    assert said_of(diagnostic, diagnostic.right) == ""


def test_the_navigation_has_every_kind_and_every_diagnostic() -> None:
    listed = [
        name
        for _, groups in reference_pages.nested().values()
        for members in groups.values()
        for name in members.values()
    ]
    assert sorted(listed) == sorted({*kind_pages.pages(), *diagnostic_pages.pages()} - {"clauses", "diagnostics"})


def test_every_link_between_the_pages_of_the_site_leads_somewhere(pages: dict[str, str]) -> None:
    there = {name: anchors(text) for name, text in pages.items()}
    broken = []
    for name, text in pages.items():
        for target, anchor in LINK.findall(re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)):
            page = (Path("/docs", name).parent / target).resolve().relative_to("/docs").as_posix() if target else name
            if page.endswith(".md") and (page not in there or (anchor and anchor not in there[page])):
                broken.append(f"{name}: {target}#{anchor}")
    assert broken == []


def anchors(text: str) -> set[str]:
    """What can be linked to on a page: its headings, and what was given a name."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    slugs = {re.sub(r"[^\w-]+", "", re.sub(r"\s+", "-", each.strip().lower())) for each in headings}
    return slugs | set(re.findall(r"\{ #([\w-]+) \}", text))
