"""A policy beside the statutes that it names: one statute for a country, and one meaning for a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from policy_service.language.document import Document
from policy_service.language.fact import Fact
from policy_service.language.problem import Problem
from policy_service.language.source import read_yaml
from policy_service.language.statutes import statute_files
from policy_service.language.vocabulary import FACTS

__all__ = ["disagreements", "with_statutes"]


def with_statutes(policy: Document, law: Callable[[Path], Document | None]) -> Iterator[Problem]:
    """What is wrong between a policy and its statutes; `law` reads one, None where that cannot be done."""
    yield from _two_statutes(policy)
    if not policy.declared:
        return
    for statute in policy.statutes:
        said: set[str] = set()
        for path in statute_files(policy.path, statute):
            edition = law(path)
            for problem in disagreements(policy, edition) if edition else ():
                if problem.message not in said:
                    said.add(problem.message)
                    yield problem


def disagreements(policy: Document, law: Document) -> Iterator[Problem]:
    """The facts that a policy declares other than its statute does: one value is sent, and both read it."""
    for name in sorted({*policy.declared, *law.declared} - set(FACTS)):
        ours, theirs = policy.vocabulary.facts.get(name), law.vocabulary.facts.get(name)
        if ours is None or theirs is None:
            continue
        difference = _difference(ours, theirs, policy.currency == law.currency)
        if difference is not None:
            declared = name if name in policy.declared else name.removeprefix("days_since_")
            message = f"`{name}` {difference.format(f'the statute `{law.name}`')}"
            hint = "one value is sent for both: declare it as there, or choose another name"
            yield Problem("PS221-fact-differs", ("facts", declared), message, hint, True)


def _difference(ours: Fact, theirs: Fact, same_currency: bool) -> str | None:
    if ours.type != theirs.type:
        return f"is of type `{ours.type}` here, and of type `{theirs.type}` in {{}}"
    if ours.scope != theirs.scope:
        return f"is about the {ours.scope} here, and about the {theirs.scope} in {{}}"
    if ours.source != theirs.source:
        return "is counted from a date in one of this policy and {}, and sent by itself in the other"
    if ours.default != theirs.default or (ours.default and ours.type == "money" and not same_currency):
        return "has another default here than in {}"
    return None


def _two_statutes(policy: Document) -> Iterator[Problem]:
    """A country that two of a policy's statutes name."""
    taken: dict[str, str] = {}
    for index, statute in enumerate(policy.statutes):
        countries: set[str] = set()
        for path in statute_files(policy.path, statute):
            data = read_yaml(path).data
            listed = data.get("countries") if isinstance(data, dict) else None
            countries |= {each for each in listed if isinstance(each, str)} if isinstance(listed, list) else set()
        twice = sorted(countries & set(taken))
        if twice:
            yield Problem(
                "PS218-statutes-overlap",
                ("statute", index),
                f"`{statute}` and `{taken[twice[0]]}` both cover `{twice[0]}`",
                "name one statute for each country",
            )
        taken.update(dict.fromkeys(sorted(countries - set(taken)), statute))
