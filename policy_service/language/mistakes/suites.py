"""Mistakes in suites of scenarios."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, error

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    error(
        "PS501-suite-shape",
        "A part of a suite has the wrong form",
        "A suite has a title, policies, a request to start from and scenarios; each part has its own form.",
        "clock: 2025-07-01T23:59:59+08:00",
        "clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]",
    ),
    error(
        "PS502-unknown-suite-key",
        "A key that suites do not have",
        "Keys of a suite, a scenario, a table and a second stage are fixed, so that a slip is never silently ignored.",
        "wiht: {lines.0.condition: used}",
        "with: {lines.0.condition: used}",
    ),
    error(
        "PS503-missing-suite-key",
        "A key that a suite needs",
        "A suite needs `suite`, `policies`, `given` and `scenarios`; a scenario needs a `name`, "
        "and `then` an `inspection`.",
        "- expect: {outcome: approved}",
        "- name: within thirty days\n  expect: {outcome: approved}",
    ),
    error(
        "PS504-duplicate-scenario",
        "Two scenarios with one name",
        "A scenario is found, reported and rerun by its name, so a name may stand once in a suite.",
        "- {name: a day late, expect: {outcome: denied}}\n- {name: a day late, expect: {outcome: approved}}",
        "- {name: a day late, expect: {outcome: denied}}\n- {name: the last day, expect: {outcome: approved}}",
    ),
    error(
        "PS505-unknown-request-path",
        "A path that matches nothing in a request",
        "`given`, `with`, a table's columns and `inspection` may only name what the request contract has; "
        "anything else would change nothing and prove nothing.",
        "with: {lines.0.conditon: used}",
        "with: {lines.0.condition: used}",
    ),
    error(
        "PS506-unknown-expectation",
        "An expectation on something that cannot exist",
        "`expect` may only name what a decision has; there are no operators, a value is expected as it is.",
        'expect: {refund.totl: "0.00"}',
        'expect: {refund.total: "0.00"}',
    ),
    error(
        "PS507-bad-path",
        "A path that cannot be followed",
        "A path is dots between keys; into a list a number is an index and a name a member that is there.",
        "with: {lines.5.quantity: 1}",
        'with: {lines.1: {order_line: "1", quantity: 1, action: return, reason: size}}',
    ),
    error(
        "PS508-clock-length",
        "A list that does not match the clock",
        "With `clock`, an expected list has one entry per instant.",
        "clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]\nexpect: {outcome: [approved]}",
        "clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]\nexpect: {outcome: [approved, denied]}",
    ),
    error(
        "PS509-bad-instant",
        "An instant without date, time or offset",
        "Time is frozen at one instant, the same in every time zone, so it needs an offset.",
        "now: 2025-06-20",
        "now: 2025-06-20T10:00:00+08:00",
    ),
    error(
        "PS510-two-clocks",
        "Two things that say when a scenario happens",
        "`clock`, `now` and `requested_at` each say when the request is made; one of them would be ignored.",
        "now: 2025-07-01T23:59:59+08:00\nclock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]",
        "clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]",
    ),
    error(
        "PS511-table-row",
        "A row that does not match its columns",
        "Every row of a table has one value per column.",
        "table: {columns: [customer.tier, expect.outcome], rows: [[diamond]]}",
        "table: {columns: [customer.tier, expect.outcome], rows: [[diamond, approved]]}",
    ),
    error(
        "PS512-nothing-expected",
        "A scenario that expects nothing",
        "Without an expectation a scenario can never fail, so it proves nothing; nor does its `then` prove anything.",
        "- name: it works",
        "- name: it works\n  expect: {outcome: approved}",
    ),
    error(
        "PS513-impossible-value",
        "A value that can never stand there",
        "The contract lists what may stand at this path.",
        "expect: {outcome: accepted}",
        "expect: {outcome: approved}",
    ),
    error(
        "PS514-unknown-name",
        "The absence of something that nobody can name",
        "Expecting that a fee, reason or clause is absent proves something only if it could be there.",
        "expect: {lines.0.fees.restockng: absent}",
        "expect: {lines.0.fees.restocking: absent}",
    ),
    error(
        "PS515-no-policies",
        "No policy to ask",
        "`policies` names files or folders relative to the suite; each must hold a policy that can be read.",
        "policies: [.]",
        "policies: [..]",
    ),
    error(
        "PS516-no-now",
        "An answer that depends on when it is asked, and no `now`",
        "A suite must give the same result on any day. Where the answer depends on time, `now`, `clock` or "
        "`requested_at` says when it is asked.",
        "- name: in time\n  expect: {outcome: approved}",
        "- name: in time\n  now: 2025-06-20T10:00:00+08:00\n  expect: {outcome: approved}",
    ),
    error(
        "PS517-unexplained-mutant",
        "A mutant accepted without a reason",
        "A change of the policy that no scenario notices may be accepted, but only with the reason why none can.",
        'accepted_mutants: [{mutant: "..."}]',
        'accepted_mutants: [{mutant: "...", because: "the longer window above covers it"}]',
    ),
    error(
        "PS518-duplicate-column",
        "Two columns of a table with one path",
        "Each column changes or expects something of its own; of two with one path the first would be ignored.",
        "table:\n  columns: [customer.tier, customer.tier, expect.outcome]\n  rows: [[gold, diamond, approved]]",
        "table:\n  columns: [customer.tier, lines.0.reason, expect.outcome]\n  rows: [[gold, size, approved]]",
    ),
    error(
        "PS519-refused-request",
        "A request that would be refused",
        "A scenario compares decisions, and the service makes none on a request that it refuses: of a merchant without "
        "a policy, with a reason that the policy does not have, or with a sum of other digits than its currency's.",
        "with: {lines.0.reason: preference.chnged_mind}",
        "with: {lines.0.reason: preference.changed_mind}",
    ),
)
