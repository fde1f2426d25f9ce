"""What a worker keeps out of its memory, each tried in a process of its own: what is loaded stays loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.cli.commands import environment


def said(code: str, *arguments: object) -> str:
    """What a process prints that runs the code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, env=environment(), check=True, capture_output=True, text=True).stdout.strip()


def test_working_days_load_the_country_asked_for_and_no_other() -> None:
    days = "[is_working_day(date(2026, 2, 10) + timedelta(days), country) for days in range(20) for country in CODES]"
    asked = f"""
import sys
from datetime import date, timedelta
from policy_service.decision.clock import is_working_day
CODES = ("CN", "DE", None)
print({days})
"""
    lean = "from policy_service.api.memory import only_countries_asked_for as lean; lean(); lean()"
    loaded = "print(sorted(name for name in sys.modules if name.startswith('holidays.countries.')))"
    assert said(lean + asked + loaded) == f"{said(asked)}\n['holidays.countries.china', 'holidays.countries.germany']"


def test_a_ledger_loads_the_database_in_use_and_not_what_migrates_it(tmp_path: Path) -> None:
    opened = """
import sys
from policy_service.cli._ledger import ledger_settings, opened
url = f"sqlite:///{sys.argv[1]}/new.db"
ledger_settings(url, None, None, embedded_worker=True)
with opened(url) as ledger:
    assert ledger.database.is_current()
print({name for name in sys.modules if name.startswith(("alembic", "mako", "sqlalchemy.dialects.postgresql"))})
"""
    assert said(opened, tmp_path) == "set()"


def test_the_forms_of_answers_are_loaded_when_the_document_is_asked_for(tmp_path: Path) -> None:
    served = """
import sys
from pathlib import Path
from policy_service.api.board import Board
from policy_service.api.ledger import LedgerSettings
from policy_service.api.serving import Settings, application
from policy_service.catalog.catalog import Catalog
from tests.api.corner import rules
folder = Path(sys.argv[1])
ledger = LedgerSettings(f"sqlite:///{folder}/ledger.db", embedded_worker=False)
settings = Settings(rules(folder), ledger=ledger)
client = application(settings, Catalog(folder / "rules"), Board(processes=1)).test_client()
assert client.get("/v1/cases?limit=1").status_code == 200
def forms():
    return len([name for name in sys.modules if ".shapes." in name and not name.startswith("policy_service.language")])
before = forms()
assert client.get("/openapi.json").status_code == 200
print(before, forms())
"""
    assert said(served, tmp_path) == "0 8"
