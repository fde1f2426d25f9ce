"""A decision told to a person: which clauses, where they stand, which dates and sums, and why not the others."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from policy_service.cli._console import Line
from policy_service.decision.decide import Decided
from policy_service.decision.verdict import Standing
from policy_service.language.clause import Clause
from policy_service.language.kinds.spans import Permission
from policy_service.scenarios.tracing import LineTrace, line_traces
from policy_service.scenarios.truth import reasons_against

Json = Mapping[str, Any]

STYLES = {"approved": "bold green", "denied": "bold red", "review": "bold yellow", "partial": "bold yellow"}
MONEY = (
    ("items", "goods", "+"),
    ("exchange", "exchanges", "+"),
    ("tax", "tax", "+"),
    ("outbound_shipping", "postage paid", "+"),
    ("duties", "import duties", "+"),
    ("fees", "fees", "-"),
    ("deductions", "deductions", "-"),
    ("return_shipping", "return parcel", "-"),
)
DEADLINES = {
    "ship_back_by": "send the goods back by",
    "inspect_by": "the shop inspects them by",
    "refund_by": "the money goes back by",
    "respond_by": "a person answers by",
}


def account(decided: Decided) -> Iterator[Line]:
    """The whole account, line by line."""
    decision = decided.decision
    yield from _head(decided)
    for line, trace in zip(decision["lines"], line_traces(decided), strict=True):
        yield Line("")
        yield from _line(line, trace)
    yield Line("")
    yield from _money(decision)
    yield from _afterwards(decision)


def place(clause: Clause) -> str:
    """The file and line of a clause, as short as it can be said from here."""
    return f"{_near(clause.file)}:{clause.line}"


def _near(file: str | os.PathLike[str]) -> str:
    near = os.path.relpath(file)
    return os.fspath(file) if near.startswith("..") else near


def _head(decided: Decided) -> Iterator[Line]:
    decision = decided.decision
    policy, statute = decided.trace.governing.policy.document, decided.trace.governing.statute
    case = f", case {decision['case_id']}" if decision.get("case_id") else ""
    yield Line(f"{decision['outcome']}: a request to {policy.name}{case}", 0, STYLES[decision["outcome"]])
    yield Line(f"asked at {_moment(decision['decided_at'])} ({policy.timezone})", 1)
    yield Line(f"decided by version {policy.version}, in force from {policy.effective_from}: {_near(policy.path)}", 1)
    if statute is not None:
        law = statute.document
        yield Line(f"and by the statute {law.name}, version {law.version}: {_near(law.path)}", 1)
    until = decision["stable_until"]
    yield Line(f"the answer {f'stays the same until {_moment(until)}' if until else 'does not change with time'}", 1)


def _line(line: Json, trace: LineTrace) -> Iterator[Line]:
    goods = trace.ruling.state.order_line.sku
    title = f"line {line['order_line']}: {line['action']} of {line['quantity']} x {goods}: {line['outcome']}"
    yield Line(title, 0, STYLES[line["outcome"]])
    yield Line(f"liable: {line['liability']}", 1)
    known = {clause.id: clause for each in trace.documents for clause in each.document.clauses}
    because = [_reason(reason, known.get(reason.get("clause") or "")) for reason in line["reasons"]]
    yield from _section("because", because)
    yield from _section("permissions", [_permission(each, trace) for each in trace.permissions])
    yield from _section("clauses that applied", map(_named, trace.applying))
    yield from _section("permissions set aside", _set_aside(trace))
    others = [f"{_named(clause)}: {_why_not(clause, facts)}" for clause, facts in trace.others]
    yield from _section("clauses that did not", others)
    yield from _sums(line)
    yield from _section("the customer gets", [_benefit(each) for each in line["entitlements"]])
    yield from _section("still to be done", [_benefit(each) for each in line["obligations"]])
    yield from _section("also possible now", [_alternative(each) for each in line["alternatives"]])
    yield from _section("what would change it", [_counterfactual(each) for each in line["counterfactuals"]])
    yield from _section(
        "not sent, so taken as", [f"{each['fact']}: {_plain(each['value'])}" for each in line["assumptions"]]
    )


def _set_aside(trace: LineTrace) -> Iterator[str]:
    """Each permission that applies and does not count, with the one that stands in its place."""
    standing = {id(each.clause) for each in trace.permissions}
    for each in trace.documents:
        applying = [each.document.clauses[index] for index in sorted(each.applies)]
        for clause in applying:
            by = [other.id for other in applying if other.instead_of == "all" or clause.id in (other.instead_of or ())]
            if by and isinstance(clause.effect, Permission) and id(clause) not in standing and clause.id not in by:
                yield f"{clause.id}: {' and '.join(by)} counts instead of it"


def _section(title: str, entries: Iterable[str]) -> Iterator[Line]:
    lines = [Line(entry, 2) for entry in entries]
    if lines:
        yield Line(title, 1, "bold")
        yield from lines


def _named(clause: Clause) -> str:
    return f"{clause.id} ({clause.kind}) {place(clause)}"


def _reason(reason: Json, clause: Clause | None) -> str:
    source = f" [{clause.id}, {place(clause)}]" if clause else ""
    return f"{reason['code']}: {reason['message']}{source}"


def _permission(standing: Standing, trace: LineTrace) -> str:
    window, today = standing.window, trace.today
    if window.missing is not None:
        said = f"cannot begin, `{window.missing}` is not known"
    elif window.last_day is None:
        said = "open without end"
    elif standing.is_open:
        said = f"open through {window.last_day}, {_days((window.last_day - today).days)} left"
    else:
        said = f"closed, its last day was {window.last_day}"
    counted = _counted(window.anchor, trace) if window.anchor else ""
    evidence = "" if standing.evidenced else ", but its evidence was not sent"
    blocked = ", ".join(f"{each.id} ({place(each)})" for each in standing.blockers)
    return f"{standing.clause.id}: {said}{counted}{evidence}{f', blocked by {blocked}' if blocked else ''}"


def _counted(anchor: str, trace: LineTrace) -> str:
    day, _ = trace.ruling.state.anchor(anchor)
    return f", counted from {anchor}" + (f" on {day}" if day else "")


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _why_not(clause: Clause, facts: Any) -> str:
    return "; ".join(reasons_against(clause, facts)) or "nobody can tell, a fact it needs is not known"


def _sums(line: Json) -> Iterator[Line]:
    money = line.get("if_approved") or line
    title = "sums, if a person approves" if "if_approved" in line else "sums"
    charges = [
        f"- {charge['amount']:>12}  {charge['code']} [{charge['clause']}]"
        for kind in ("fees", "deductions")
        for charge in money[kind]
    ]
    entries = [f"  {line['paid']:>12}  paid", f"  {money['items']:>12}  for the goods", *charges]
    yield from _section(title, [*entries, f"= {money['refund']:>12}  refund of this line"])


def _benefit(item: Json) -> str:
    more = {key: value for key, value in item.items() if key not in ("code", "clause") and value is not None}
    rest = ", ".join(f"{key} {_plain(value)}" for key, value in more.items())
    source = f" [{item['clause']}]" if item.get("clause") else ""
    return f"{item['code']}{f' ({rest})' if rest else ''}{source}"


def _alternative(each: Json) -> str:
    until = f" until {_moment(each['closes_at'])}" if each.get("closes_at") else ""
    return f"{each['action']}{until} [{each['clause']}]"


def _counterfactual(each: Json) -> str:
    changes = ", ".join(f"{name}: {_plain(value)}" for name, value in each["change"].items())
    source = f" [{each['clause']}]" if each.get("clause") else ""
    return f"{each['outcome']} with {changes}{source}"


def _plain(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "true" if value else "false"  # as policies and requests write it
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return text or "nothing"


def _money(decision: Json) -> Iterator[Line]:
    refund = decision["refund"]
    yield Line(f"money, in {refund['currency']}", 0, "bold")
    for name, said, sign in MONEY:
        if refund[name].strip("0."):
            yield Line(f"{sign} {refund[name]:>12}  {said}", 1)
    if refund["amount_due"].strip("0."):
        yield Line(f"= {refund['amount_due']:>12}  the customer owes", 1, "bold")
    else:
        yield Line(f"= {refund['total']:>12}  the customer gets back", 1, "bold")
    for payout in refund["to"]:
        bonus = f" and a bonus of {payout['bonus']}" if payout.get("bonus") else ""
        yield Line(f"  {payout['amount']:>12}  to {payout['method']}{bonus}", 1)
    parcel = decision["return_shipping"]
    if parcel is not None:
        source = f" [{parcel['clause']}]" if parcel.get("clause") else ""
        yield Line(f"return parcel: {_parcel(parcel)}{source}")


def _parcel(parcel: Json) -> str:
    if parcel["payer"] != "customer":
        return f"paid by the {parcel['payer']}"
    if parcel["charge"].strip("0."):
        return f"paid by the customer, charged {parcel['charge']}"
    return "sent by the customer at their own cost"


def _afterwards(decision: Json) -> Iterator[Line]:
    for name, instant in decision["deadlines"].items():
        when = _moment(instant) if instant else "a time that is not known yet"
        yield Line(f"{DEADLINES.get(name, name)} {when}")
    for each in decision["notifications"]:
        yield Line(f"told now: {each['event']} by {', '.join(each['channels'])} [{each['clause']}]")


def _moment(instant: str) -> str:
    at = datetime.fromisoformat(instant)
    return at.strftime("%Y-%m-%d %H:%M") + (at.strftime(":%S") if at.second else "")
