"""Every fact of the vocabulary is read somewhere, and nothing else is."""

from collections.abc import Callable

import pytest

from policy_service.decision.facts import READERS, SENT, presence, reader
from policy_service.language.vocabulary import FACTS


def test_every_built_in_fact_has_a_reader() -> None:
    assert READERS.keys() == FACTS.keys()


def test_whether_a_fact_was_sent_is_known_of_those_that_may_be_absent() -> None:
    assert SENT.keys() == {name for name, fact in FACTS.items() if fact.optional}


@pytest.mark.parametrize("name", ["no_such_fact", "days_since_nothing"])
@pytest.mark.parametrize("bind", [reader, presence])
def test_a_name_that_is_read_nowhere_cannot_be_bound(bind: Callable[[str, set[str]], object], name: str) -> None:
    with pytest.raises(LookupError, match=f"`{name}`"):
        bind(name, {"installed_on"})


@pytest.mark.parametrize("name", ["installed_on", "days_since_installed_on", "tier"])
def test_built_in_facts_declared_ones_and_the_days_since_them_can(name: str) -> None:
    assert callable(reader(name, {"installed_on"}))
    assert callable(presence(name, {"installed_on"}))
