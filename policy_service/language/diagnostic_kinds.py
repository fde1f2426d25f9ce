"""What can be wrong with a policy: one entry per stable code, with the text of its page in the docs.

The number never changes its meaning: PS0xx reading the file, PS1xx its form, PS2xx what it says,
PS3xx several versions beside each other, PS4xx what is allowed but looks unintended, PS5xx scenarios.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

__all__ = ["DIAGNOSTICS", "DiagnosticKind", "Severity"]


class Severity(StrEnum):
    """How grave a diagnostic is: an error stops the policy from being used, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class DiagnosticKind:
    """One mistake that an author can make, and the page that explains it."""

    code: str
    title: str
    about: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR

    @property
    def number(self) -> str:
        """The stable part of the code: `PS101`."""
        return self.code.partition("-")[0]


def _error(code: str, title: str, about: str, wrong: str, right: str) -> DiagnosticKind:
    return DiagnosticKind(code, title, about, wrong, right)


def _warning(code: str, title: str, about: str, wrong: str, right: str) -> DiagnosticKind:
    return DiagnosticKind(code, title, about, wrong, right, Severity.WARNING)


def _reading() -> Iterator[DiagnosticKind]:
    yield _error(
        "PS001-unreadable", "The file cannot be read",
        "The file is missing, is a folder, may not be opened, or is not UTF-8 text.",
        "a file saved as UTF-16 by a spreadsheet", "the same file saved as UTF-8")
    yield _error(
        "PS002-too-large", "The file is larger than 1 MiB",
        "A file over 1 MiB is refused before it is read: no policy needs that, and a service must not be "
        "filled by one.", "one file with every clause of every merchant", "a file per merchant, shared clauses by `include`")
    yield _error(
        "PS003-syntax", "This is not YAML",
        "The text breaks the rules of YAML at this place. The usual causes are a missing quote, a missing bracket, "
        "a colon inside unquoted text, or indentation that does not line up. The item it stands in is set aside and the rest "
        "of the file is still checked.", "text: {en: Note: no returns}", 'text: {en: "Note: no returns"}')
    yield _error(
        "PS004-tab", "A tab in the indentation",
        "YAML indents with spaces only.", "\\tdays: 30", "  days: 30")
    yield _error(
        "PS005-two-documents", "Two documents in one file",
        "A policy is one YAML document. A line `---` in the middle of a file starts another.",
        "merchant: a\n---\nmerchant: b", "a file for each merchant and version")
    yield _error(
        "PS006-duplicate-key", "The same key twice",
        "A key may stand once in a mapping; of two, one would silently win.",
        "when: {tier: gold, tier: diamond}", "when: {tier: [gold, diamond]}")
    yield _error(
        "PS007-unknown-alias", "An alias to nothing",
        "`*name` repeats what `&name` marked earlier in the same file; nothing is marked with this name. Text that begins with `*` "
        "must be quoted.", "text: {en: *see below}", 'text: {en: "*see below"}')
    yield _error(
        "PS008-alias-bomb", "Aliases that multiply",
        "Aliases may repeat a part of a file, but not so often that a small file grows into a huge one, and never "
        "a part that contains itself.", "a: &a [*a]", "a: []")
    yield _error(
        "PS009-custom-tag", "A tag such as `!!python/object`",
        "Tags tell a YAML reader to build something else than text, numbers, lists and mappings. They are refused before "
        "anything is built.", "version: !!python/name:os.system x", 'version: "2025-06"')
    yield _error(
        "PS010-cut-by-comma", "A comma cut unquoted text in two",
        "Inside `{…}` a comma ends the value, so the rest of the sentence became a key of its own. Quote the text.",
        "text: {en: Return, or exchange}", 'text: {en: "Return, or exchange"}')
    yield _error(
        "PS011-impossible-date", "A day that no calendar has",
        "Dates are written year-month-day. This one has the right form, but there is no such day.",
        "until: 2025-02-30", "until: 2025-02-28")
    yield _error(
        "PS012-empty", "Nothing in the file",
        "A policy is a mapping of keys. This file is empty, holds only comments, or holds a list or a single value.",
        "# to be written", "merchant: dg-home\nversion: \"2025-06\"")
    yield _error(
        "PS013-too-deep", "Nested too deeply",
        "No policy nests deeper than 64 levels; such a file is refused before it is built.", "[[[[[[…]]]]]]", "[…]")
    yield _error(
        "PS014-key-not-text", "A key that is not text",
        "A key of a mapping is a name. Lists and mappings cannot be keys.", "? [a, b]\n: 1", "a: 1\nb: 1")
    yield _error(
        "PS015-merge-key", "`<<` is not part of YAML 1.2",
        "The merge key of YAML 1.1 is not read; what it would add could not be seen where it takes effect.",
        "<<: *defaults", "the keys themselves, or an `include` of shared clauses")


def _form() -> Iterator[DiagnosticKind]:
    yield _error(
        "PS101-unknown-key", "A key that is not known here",
        "Nothing reads this key, so what it says would never take effect.",
        "window: {dayz: 30, after: delivery}", "window: {days: 30, after: delivery}")
    yield _error(
        "PS102-missing-key", "A key is missing", "The mapping needs this key.",
        "fee: {rate: 10%}", "fee: {code: restocking, rate: 10%}")
    yield _error(
        "PS103-wrong-type", "Another type of value is expected",
        "Text, a number, true or false, a date, a list or a mapping is expected here, and something else stands there.",
        "window: {days: thirty, after: delivery}", "window: {days: 30, after: delivery}")
    yield _error(
        "PS104-unknown-value", "Not one of the values possible here", "Only the values of a fixed list are possible here.",
        "gift: {if_missing: deductt}", "gift: {if_missing: deduct}")
    yield _error(
        "PS105-wrong-form", "The text has another form than expected",
        "Dates, durations, sums, ids and codes have a form of their own.", "deadline: {ship_back: a week}",
        "deadline: {ship_back: 7 days}")
    yield _error(
        "PS106-percent-missing", "A percentage without `%`",
        "A rate is written with its sign, so that `10` is never read as ten times the price or `0.1` as a tenth of a per cent.",
        "fee: {code: restocking, rate: 10}", "fee: {code: restocking, rate: 10%}")
    yield _error(
        "PS107-wrong-digits", "A sum with more digits than its currency has",
        "Sums have no more digits after the point than the policy's currency (ISO 4217): two for CNY, none for JPY, three "
        "for KWD. They are never rounded silently.", 'compensate: {coupon: "20.005"}', 'compensate: {coupon: "20.00"}')
    yield _error(
        "PS108-no-effect", "A clause without an effect",
        "A clause has an id and exactly one key that names its kind, such as `window`, `deny` or `fee`.",
        "- id: used-goods\n  when: {condition: used}", "- id: used-goods\n  deny: {code: used_goods}\n  when: {condition: used}")
    yield _error(
        "PS109-two-effects", "A clause with two effects",
        "One clause has one effect; another effect is a clause of its own, with an id that decisions can cite.",
        "- id: sofa\n  window: {days: 30, after: delivery}\n  fee: {code: restocking, rate: 10%}",
        "- id: sofa\n  window: {days: 30, after: delivery}\n- id: sofa-fee\n  fee: {code: restocking, rate: 10%}")
    yield _error(
        "PS110-out-of-range", "A number outside its range", "The number is too small or too large for what it counts.",
        "window: {days: 0, after: delivery}", "window: {days: 7, after: delivery}")
    yield _error(
        "PS111-wrong-document", "Not in this kind of document",
        "Some keys and kinds stand in policies only (`fee`, `review`, `clawback`), others in statutes only (`allow`).",
        "merchant: dg-home\nclauses: [{id: floor, allow: {codes: [restocking]}}]",
        "statute: cn\nclauses: [{id: floor, allow: {codes: [restocking]}}]")
    yield _error(
        "PS112-empty-list", "A list with nothing in it", "An empty list says nothing here: name something, or leave the key out.",
        "for: []", "for: [return]")
    yield _error(
        "PS113-repeated-item", "The same item twice in a list", "Once is enough.", "for: [return, return]", "for: [return]")
    yield _error(
        "PS114-one-of", "Exactly one of several keys",
        "These keys answer the same question in different ways, so exactly one of them may stand.",
        "window: {days: 30, months: 1, after: delivery}", "window: {days: 30, after: delivery}")
    yield _error(
        "PS115-needs", "A key that needs another", "This key means something only beside another key.",
        "fee: {code: storage, rate_per_day: 1%}", "fee: {code: storage, rate_per_day: 1%, after_days: 15}")
    yield _error(
        "PS116-unknown-document", "Neither a policy, nor a statute, nor an include file",
        "A file says what it is by its keys: `merchant` a policy, `statute` a statute, `suite` scenarios, "
        "and an include file has `clauses` only.", "shop: dg-home", "merchant: dg-home")


def _meaning() -> Iterator[DiagnosticKind]:
    yield _error(
        "PS201-duplicate-id", "Two clauses with one id",
        "Decisions cite clauses by their id, so an id names one clause, includes counted.",
        "- {id: gift, gift: {if_missing: deduct}}\n- {id: gift, deny: {code: gift}}",
        "- {id: gift, gift: {if_missing: deduct}}\n- {id: no-gift, deny: {code: gift}}")
    yield _error(
        "PS202-unknown-clause", "A clause that does not exist",
        "`overrides`, `instead_of` and `windows` name clauses of the same document by id.",
        "overrides: [promo-final-sal]", "overrides: [promo-final-sale]")
    yield _error(
        "PS203-wrong-clause", "A clause of another kind than named here",
        "`overrides` defeats `deny` clauses, `instead_of` replaces permissions (never a warranty), and `windows` lengthens "
        "`window` and `no_reason` clauses.", "overrides: [return-30]", "overrides: [promo-final-sale]")
    yield _error(
        "PS204-unknown-time-zone", "An unknown time zone", "Time zones have the names of the IANA database.",
        "timezone: China/Beijing", "timezone: Asia/Shanghai")
    yield _error(
        "PS205-unknown-currency", "An unknown currency", "Currencies have their ISO 4217 code of three letters.",
        "currency: RMB", "currency: CNY")
    yield _error(
        "PS206-unknown-country", "An unknown country", "Countries have their ISO 3166 code of two letters.",
        "ships_from: UK", "ships_from: GB")
    yield _error(
        "PS207-dates-reversed", "Ends before it begins", "`through` is the last day, and lies on or after `from`.",
        "effective: {from: 2025-06-01, through: 2025-05-31}", "effective: {from: 2025-06-01, through: 2025-12-31}")
    yield _error(
        "PS208-unknown-fact", "An unknown fact",
        "Conditions test the facts of the vocabulary and those that the policy declares under `facts`.",
        "when: {tiers: diamond}", "when: {tier: diamond}")
    yield _error(
        "PS209-impossible-value", "A value that the fact can never have",
        "The comparison could never hold, so the clause would never (or always) apply.",
        "when: {condition: brand_new}", "when: {condition: unopened}")
    yield _error(
        "PS210-wrong-operator", "An operator that does not fit the fact",
        "`at_least`, `at_most`, `over` and `under` compare numbers, sums and dates; `all` and `none` look into sets.",
        "when: {tier: {at_least: gold}}", "when: {tier: [gold, diamond]}")
    yield _error(
        "PS211-reserved-fact", "An own fact named like a built-in one",
        "A fact of the vocabulary cannot be declared again: two sources for one name would be guesswork.",
        "facts: {tier: {about: customer, type: text}}", "facts: {club_tier: {about: customer, type: text}}")
    yield _error(
        "PS212-unknown-reason", "A reason that is not in the tree",
        "Reasons are paths in the standard tree plus the branches declared under `reasons`.",
        "when: {reason: qualty}", "when: {reason: quality}")
    yield _error(
        "PS213-unknown-anchor", "Counting from something that is no day",
        "`after` names `delivery`, `last_delivery`, `shipment`, `order` or a declared fact of type `date`.",
        "window: {days: 30, after: arrival}", "window: {days: 30, after: delivery}")
    yield _error(
        "PS214-statute-not-found", "A statute that is nowhere to be found",
        "Statutes are looked up in the nearest `statutes/` folder at or above the policy's, else among those the package ships.",
        "statute: [zz]", "statute: [cn]")
    yield _error(
        "PS215-include-not-found", "An included file that is not there", "Paths are relative to the file that includes.",
        "include: [gift.yaml]", "include: [../shared/gifts.yaml]")
    yield _error(
        "PS216-include-cycle", "Files that include each other in a circle", "The circle would never end.",
        "a.yaml includes b.yaml, which includes a.yaml", "both include c.yaml")
    yield _error(
        "PS217-statute-currency", "A statute that names sums in no currency",
        "A document that names sums says in which currency.", "statute: eu\nclauses: [… at_most: \"5.00\" …]",
        "statute: eu\ncurrency: EUR")
    yield _error(
        "PS218-statutes-overlap", "Two statutes for one country",
        "One statute applies to an order, so a country stands in one of the statutes of a policy.",
        "statute: [eu, de] where both name DE", "statute: [eu]")
    yield _error(
        "PS219-wrong-declaration", "A declared fact or reason that does not hold together",
        "The default of a declared fact has the fact's type; a declared reason hangs below the standard tree or "
        "says who is liable.", "facts: {assembled: {about: line, type: boolean, default: maybe}}",
        "facts: {assembled: {about: line, type: boolean, default: false}}")


def _versions() -> Iterator[DiagnosticKind]:
    yield _error(
        "PS301-overlap", "Two versions in force on one day",
        "The version in force on the day of the order governs, so on each day there may be only one.",
        "2025-01 through 2025-06-30, 2025-06 from 2025-06-01", "2025-01 through 2025-05-31, 2025-06 from 2025-06-01")
    yield _error(
        "PS302-same-version", "One version in two files",
        "A merchant and version name one file: decisions cite them.", "version: \"2025-06\" in two files of dg-home",
        "version: \"2025-06\" and version: \"2025-07\"")
    yield _warning(
        "PS303-gap", "Days on which no version is in force",
        "Orders placed on these days have no policy, and their returns are refused as bad input.",
        "2025-01 through 2025-05-30, 2025-06 from 2025-06-01", "2025-01 through 2025-05-31")
    yield _warning(
        "PS304-no-successor", "The last version ends and nothing follows",
        "Orders placed after this day will have no policy.", "effective: {from: 2025-01-01, through: 2025-12-31}",
        "effective: {from: 2025-01-01}")


def _lint() -> Iterator[DiagnosticKind]:
    yield _warning(
        "PS401-unreachable", "A clause that can never take effect",
        "Of single-valued kinds (`return_shipping`, `disposition`, …) the first clause that applies decides. An "
        "earlier clause applies wherever this one does: put the special before the general.",
        "- {id: all, disposition: defective}\n- {id: new, disposition: sellable, when: {condition: unopened}}",
        "- {id: new, disposition: sellable, when: {condition: unopened}}\n- {id: all, disposition: defective}")
    yield _warning(
        "PS402-unless-needs-both", "An exception that needs two things at once",
        "Two facts in one `unless` mapping mean both. Where either is meant, write a list of exceptions.",
        "unless: {liability: merchant, tier: diamond}", "unless: [{liability: merchant}, {tier: diamond}]")
    yield _warning(
        "PS403-no-such-fee", "A fee code that no fee has",
        "`waive` and `allow` name codes of fees; no fee of this policy has this one.",
        "waive: [restock]", "waive: [restocking]")
    yield _warning(
        "PS404-unused-fact", "A declared fact that nothing uses", "Callers would be asked to send what no clause looks at.",
        "facts: {assembled: {about: line, type: boolean, default: false}}", "a clause that tests `assembled`, or no such fact")
    yield _warning(
        "PS405-same-fee-code", "Two fees with one code",
        "Two fees with one code count once, the first that applies. Where both are meant, give the second another code.",
        "two clauses with fee code `restocking`", "codes `restocking` and `cleaning`")


def _scenarios() -> Iterator[DiagnosticKind]:
    yield _error(
        "PS501-suite-shape", "A part of a suite has the wrong form",
        "A suite has a title, policies, a request to start from and scenarios; each part has its own form.",
        "clock: 2025-07-01T23:59:59+08:00", "clock: [2025-07-01T23:59:59+08:00, 2025-07-02T00:00:00+08:00]")
    yield _error(
        "PS502-unknown-suite-key", "A key that suites do not have",
        "Keys of a suite, a scenario, a table and a second stage are fixed, so that a slip is never silently ignored.",
        "wiht: {lines.0.condition: used}", "with: {lines.0.condition: used}")
    yield _error(
        "PS503-missing-suite-key", "A key that a suite needs",
        "A suite needs `suite`, `policies`, `given` and `scenarios`; a scenario needs a `name`.",
        "- expect: {outcome: approved}", "- name: within thirty days\n  expect: {outcome: approved}")
    yield _error(
        "PS504-duplicate-scenario", "Two scenarios with one name",
        "A scenario is found, reported and rerun by its name, so a name may stand once in a suite.",
        "- name: a day late\n- name: a day late", "- name: a day late\n- name: a day late for a diamond member")
    yield _error(
        "PS505-unknown-request-path", "A path that matches nothing in a request",
        "`given`, `with`, a table's columns and `inspection` may only name what the request contract has; anything else would "
        "change nothing and prove nothing.", "with: {lines.0.conditon: used}", "with: {lines.0.condition: used}")
    yield _error(
        "PS506-unknown-expectation", "An expectation on something that cannot exist",
        "`expect` may only name what a decision has; there are no operators, a value is expected as it is.",
        "expect: {refund.totl: \"0.00\"}", "expect: {refund.total: \"0.00\"}")
    yield _error(
        "PS507-bad-path", "A path that cannot be followed",
        "A path is dots between keys; into a list a number is an index and a name a member that is there.",
        "with: {lines.5.quantity: 1}", "with: {lines.1: {order_line: \"1\", quantity: 1, action: return, reason: size}}")
    yield _error(
        "PS508-clock-length", "A list that does not match the clock",
        "With `clock`, an expected list has one entry per instant.",
        "clock: [.., ..]\nexpect: {outcome: [approved]}", "clock: [.., ..]\nexpect: {outcome: [approved, denied]}")
    yield _error(
        "PS509-bad-instant", "An instant without date, time or offset",
        "Time is frozen at one instant, the same in every time zone, so it needs an offset.",
        "now: 2025-06-20", "now: 2025-06-20T10:00:00+08:00")
    yield _error(
        "PS510-two-clocks", "Two things that say when a scenario happens",
        "`clock`, `now` and `requested_at` each say when the request is made; one of them would be ignored.",
        "now: 2025-06-20T10:00:00+08:00\nclock: [..]", "clock: [..]")
    yield _error(
        "PS511-table-row", "A row that does not match its columns",
        "Every row of a table has one value per column.",
        "columns: [customer.tier, expect.outcome]\nrows: [[diamond]]",
        "columns: [customer.tier, expect.outcome]\nrows: [[diamond, approved]]")
    yield _error(
        "PS512-nothing-expected", "A scenario that expects nothing",
        "Without an expectation a scenario can never fail, so it proves nothing.",
        "- name: it works", "- name: it works\n  expect: {outcome: approved}")
    yield _error(
        "PS513-impossible-value", "A value that can never stand there",
        "The contract lists what may stand at this path.",
        "expect: {outcome: accepted}", "expect: {outcome: approved}")
    yield _error(
        "PS514-unknown-name", "The absence of something that nobody can name",
        "Expecting that a fee, reason or clause is absent proves something only if it could be there.",
        "expect: {lines.0.fees.restockng: absent}", "expect: {lines.0.fees.restocking: absent}")
    yield _error(
        "PS515-no-policies", "No policy to ask",
        "`policies` names files or folders relative to the suite; each must hold a policy that can be read.",
        "policies: [.]", "policies: [..]")
    yield _error(
        "PS516-no-now", "An answer that depends on when it is asked, and no `now`",
        "A suite must give the same result on any day. Where the answer depends on time, `now`, `clock` or `requested_at` says when it "
        "is asked.", "- name: in time\n  expect: {outcome: approved}",
        "- name: in time\n  now: 2025-06-20T10:00:00+08:00\n  expect: {outcome: approved}")
    yield _error(
        "PS517-unexplained-mutant", "A mutant accepted without a reason",
        "A change of the policy that no scenario notices may be accepted, but only with the reason why none can.",
        "accepted_mutants: [{mutant: \"...\"}]", "accepted_mutants: [{mutant: \"...\", because: \"the longer window above covers it\"}]")


DIAGNOSTICS: dict[str, DiagnosticKind] = {
    kind.code: kind for family in (_reading, _form, _meaning, _versions, _lint, _scenarios) for kind in family()
}
