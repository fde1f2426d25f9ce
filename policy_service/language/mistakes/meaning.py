"""Mistakes of meaning: names that lead nowhere, values that cannot be, days in the wrong order."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, error

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    error(
        "PS201-duplicate-id",
        "Two clauses with one id",
        "Decisions cite clauses by their id, so an id names one clause, includes counted.",
        "- {id: gift, gift: {if_missing: deduct}}\n- {id: gift, deny: {code: gift}}",
        "- {id: gift, gift: {if_missing: deduct}}\n- {id: no-gift, deny: {code: gift}}",
    ),
    error(
        "PS202-unknown-clause",
        "A clause that does not exist",
        "`overrides`, `instead_of` and `windows` name clauses of the same document by id.",
        "overrides: [promo-final-sal]",
        "overrides: [promo-final-sale]",
    ),
    error(
        "PS203-wrong-clause",
        "A clause of another kind than named here",
        "`overrides` defeats `deny` clauses, `instead_of` replaces permissions (never a warranty), and "
        "`windows` lengthens `window` and `no_reason` clauses.",
        "overrides: [return-30]",
        "overrides: [promo-final-sale]",
    ),
    error(
        "PS204-unknown-time-zone",
        "An unknown time zone",
        "Time zones have the names of the IANA database.",
        "timezone: China/Beijing",
        "timezone: Asia/Shanghai",
    ),
    error(
        "PS205-unknown-currency",
        "An unknown currency",
        "Currencies have their ISO 4217 code of three letters.",
        "currency: RMB",
        "currency: CNY",
    ),
    error(
        "PS206-unknown-country",
        "An unknown country",
        "Countries have their ISO 3166 code of two letters.",
        "ships_from: UK",
        "ships_from: GB",
    ),
    error(
        "PS207-dates-reversed",
        "Ends before it begins",
        "`through` is the last day, and lies on or after `from`.",
        "during: {from: 2026-12-24, through: 2026-11-01}",
        "during: {from: 2026-11-01, through: 2026-12-24}",
    ),
    error(
        "PS208-unknown-fact",
        "An unknown fact",
        "Conditions test the facts of the vocabulary and those that the policy declares under `facts`.",
        "when: {tiers: diamond}",
        "when: {tier: diamond}",
    ),
    error(
        "PS209-impossible-value",
        "A value that the fact can never have",
        "The comparison could never hold, so the clause would never (or always) apply.",
        "when: {condition: brand_new}",
        "when: {condition: unopened}",
    ),
    error(
        "PS210-wrong-operator",
        "An operator that does not fit the fact",
        "`at_least`, `at_most`, `over` and `under` compare numbers, sums and dates; `all` and `none` look into sets.",
        "when: {tier: {at_least: gold}}",
        "when: {tier: [gold, diamond]}",
    ),
    error(
        "PS211-reserved-fact",
        "An own fact named like a built-in one",
        "A fact of the vocabulary cannot be declared again: two sources for one name would be guesswork.",
        "facts: {tier: {about: customer, type: text}}",
        "facts: {club_tier: {about: customer, type: text}}",
    ),
    error(
        "PS212-unknown-reason",
        "A reason that is not in the tree",
        "Reasons are paths in the standard tree plus the branches declared under `reasons`.",
        "when: {reason: qualty}",
        "when: {reason: quality}",
    ),
    error(
        "PS213-unknown-anchor",
        "Counting from something that is no day",
        "`after` names `delivery`, `last_delivery`, `shipment`, `order` or a declared fact of type `date`.",
        "window: {days: 30, after: arrival}",
        "window: {days: 30, after: delivery}",
    ),
    error(
        "PS214-statute-not-found",
        "A statute that is nowhere to be found",
        "Statutes are looked up in the nearest `statutes/` folder at or above the policy's, else among those "
        "the package ships.",
        "statute: [zz]",
        "statute: [cn]",
    ),
    error(
        "PS215-include-not-found",
        "An included file that is not there",
        "Paths are relative to the file that includes.",
        "include: [gift.yaml]",
        "include: [../shared/gifts.yaml]",
    ),
    error(
        "PS216-include-cycle",
        "Files that include each other in a circle",
        "The circle would never end.",
        "# shop/2026-01.yaml\ninclude: [gifts.yaml]\n# shop/gifts.yaml\ninclude: [gifts.yaml]\n"
        "clauses:\n  - {id: gifts, gift: {if_missing: deduct}}",
        "# shop/2026-01.yaml\ninclude: [gifts.yaml]\n# shop/gifts.yaml\n"
        "clauses:\n  - {id: gifts, gift: {if_missing: deduct}}",
    ),
    error(
        "PS217-statute-currency",
        "A statute that names sums in no currency",
        "A document that names sums says in which currency.",
        'statute: eu\nclauses: [{id: postage, refund_delivery: {mode: always, at_most: "5.00"}}]',
        'statute: eu\ncurrency: EUR\nclauses: [{id: postage, refund_delivery: {mode: always, at_most: "5.00"}}]',
    ),
    error(
        "PS218-statutes-overlap",
        "Two statutes for one country",
        "One statute applies to an order, so a country stands in one of the statutes of a policy.",
        "# shop/2026-01.yaml\nstatute: [eu, de]\n"
        "# statutes/eu.yaml\nstatute: eu\ncountries: [AT, DE]\n# statutes/de.yaml\nstatute: de\ncountries: [DE]",
        "# shop/2026-01.yaml\nstatute: [eu, de]\n"
        "# statutes/eu.yaml\nstatute: eu\ncountries: [AT]\n# statutes/de.yaml\nstatute: de\ncountries: [DE]",
    ),
    error(
        "PS219-wrong-declaration",
        "A declared fact or reason that does not hold together",
        "The default of a declared fact has the fact's type; a declared reason hangs below the standard tree "
        "or says who is liable.",
        "facts: {assembled: {about: line, type: boolean, default: maybe}}",
        "facts: {assembled: {about: line, type: boolean, default: false}}",
    ),
    error(
        "PS220-too-many-rules",
        "More than the rules engine can hold",
        "Every alternative of a condition is a rule of its own, and the engine answers exactly up to a few thousand "
        "of them. Values of one fact in a list are one rule, however long the list.",
        "any: [{sku: A-1, tier: gold}, {sku: A-2, tier: gold}, …]",
        "{sku: [A-1, A-2, …], tier: gold}",
    ),
    error(
        "PS221-fact-differs",
        "A fact that the statute declares otherwise",
        "A fact is sent once, and policy and statute both read it: its type, what it is about and its default are the "
        "same in both.",
        "# shop/2026-01.yaml\nstatute: [eu]\nfacts: {opened: {about: line, type: integer}}\n"
        "# statutes/eu.yaml\nstatute: eu\nfacts: {opened: {about: line, type: date}}",
        "# shop/2026-01.yaml\nstatute: [eu]\nfacts: {opened: {about: line, type: date}}\n"
        "# statutes/eu.yaml\nstatute: eu\nfacts: {opened: {about: line, type: date}}",
    ),
)
