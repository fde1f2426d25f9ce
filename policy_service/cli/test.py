"""`policy test`: run scenarios."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from policy_service.cli._endings import Unusable
from policy_service.cli._values import Processes, nowhere

COVERAGE_FORMS = ("text", "html", "json", "lcov")


class Form(click.Choice[str]):
    """How coverage is written; a path that stands where the form would is told from a slip."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value not in COVERAGE_FORMS and Path(str(value)).exists():
            self.fail(f"`{value}` is a path; put `--coverage` behind the paths, or write `--coverage=text`", param, ctx)
        return super().convert(value, param, ctx)


@click.command("test", short_help="Run scenarios; say which fail, and why.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", help="Suites, folders of them, or FILE::NAME.")
@click.option(
    "-k", "keyword", metavar="WORDS", help="Only scenarios whose name has these words (and, or, not are understood)."
)
@click.option("-x", "stop_at_first", is_flag=True, help="Stop at the first scenario that fails.")
@click.option("--lf", "last_failed", is_flag=True, help="Only scenarios that failed the last time.")
@click.option("-n", "workers", type=Processes(), metavar="N", help="Run in N processes, or `auto`.")
@click.option("--junit", type=click.Path(path_type=Path), metavar="FILE", help="Also write the results as JUnit XML.")
@click.option(
    "--coverage",
    "coverage_forms",
    multiple=True,
    is_flag=False,
    flag_value="text",
    type=Form(COVERAGE_FORMS),
    help="Show which clauses and which sides of which comparisons no scenario shows, of a statute only if it "
    "lies in PATH; html, json and lcov also write policy-coverage.html, .json or .lcov. May be given several times.",
)
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), metavar="PERCENT", help="Fail where coverage is below this."
)
@click.option(
    "--shuffle", is_flag=True, help="Decide everything again in other orders of clauses and keys: all must agree."
)
@click.option("--fresh", is_flag=True, help="Decide everything again in new processes: all must agree.")
@click.option("--no-memo", is_flag=True, help="Decide every scenario afresh, asking the rules engine every time.")
def command(
    paths: tuple[str, ...],
    keyword: str | None,
    stop_at_first: bool,
    last_failed: bool,
    workers: str | None,
    junit: Path | None,
    coverage_forms: tuple[str, ...],
    fail_under: float | None,
    shuffle: bool,
    fresh: bool,
    no_memo: bool,
) -> None:
    """Run the scenarios in PATH: suite files, folders of them, or FILE::NAME for one.

    A scenario is a return request, a frozen instant and what must come out; suites are YAML files beside the policies.
    The exit status is 0 when everything is as expected, 1 when something is not, 2 when a suite has a mistake.
    """
    from policy_service.scenarios import running

    console = Console(soft_wrap=True)
    lost = [said for path in paths if (said := nowhere(Path(path.partition("::")[0])))]
    if lost:
        raise Unusable("\n".join(lost))
    wants_coverage = bool(coverage_forms) or fail_under is not None
    with tempfile.TemporaryDirectory() as folder:
        counted = Path(folder) / "coverage.json" if wants_coverage else None
        options = running.Options(keyword, stop_at_first, last_failed, workers, junit, counted, not no_memo)
        status = running.run(paths, options, console)
        if counted is not None and counted.exists() and status != running.UNUSABLE:
            status = max(status, _tell_coverage(counted, coverage_forms, fail_under, console))
    if (shuffle or fresh) and status != running.UNUSABLE:
        from policy_service.scenarios import determinism

        agreed = determinism.tell(paths, console, shuffle=shuffle, fresh=fresh)
        status = max(status, running.PASSED if agreed else running.FAILED)
    raise SystemExit(status)


def _tell_coverage(counted: Path, forms: tuple[str, ...], fail_under: float | None, console: Console) -> int:
    import json

    from policy_service.scenarios import coverage_reports as reports
    from policy_service.scenarios.coverage import Coverage

    coverage = Coverage.from_json(json.loads(counted.read_text(encoding="utf-8")))
    console.print("\n" + reports.as_text(coverage), markup=False, highlight=False, end="")
    renderings = {"html": reports.as_html, "json": reports.as_json, "lcov": reports.as_lcov}
    for form, render in renderings.items():
        if form not in forms:
            continue
        written = Path(f"policy-coverage.{form}")
        written.write_text(render(coverage), encoding="utf-8")
        console.print(f"written to {written}", markup=False, highlight=False)
    if fail_under is not None and coverage.percent < fail_under:
        console.print(f"coverage is {coverage.percent:.1f}%, below {fail_under:g}%", markup=False, highlight=False)
        return 1
    return 0
