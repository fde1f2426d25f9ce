"""What is allowed but looks unintended."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, warning

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    warning(
        "PS401-unreachable",
        "A clause that can never take effect",
        "Of single-valued kinds (`return_shipping`, `disposition`, …) the first clause that applies decides. "
        "An earlier clause applies wherever this one does: put the special before the general.",
        "- {id: all, disposition: defective}\n- {id: new, disposition: sellable, when: {condition: unopened}}",
        "- {id: new, disposition: sellable, when: {condition: unopened}}\n- {id: all, disposition: defective}",
    ),
    warning(
        "PS402-unless-needs-both",
        "An exception that needs two things at once",
        "Two facts in one `unless` mapping mean both. Where either is meant, write a list of exceptions.",
        "unless: {liability: merchant, tier: diamond}",
        "unless: [{liability: merchant}, {tier: diamond}]",
    ),
    warning(
        "PS403-no-such-fee",
        "A fee code that no fee has",
        "`waive` names codes of fees, and no fee of this policy has this one.",
        "waive: [restock]",
        "waive: [restocking]",
    ),
    warning(
        "PS404-never-applies",
        "A clause that applies to nothing",
        "Its `unless` holds wherever its `when` does, its `during` lies outside the days of the version, or its "
        "conditions exclude one another: no request can make it apply.",
        "- {id: worn, deny: {code: worn}, when: {condition: used}, unless: {condition: [used, damaged]}}",
        "- {id: worn, deny: {code: worn}, when: {condition: used}, unless: {liability: merchant}}",
    ),
    warning(
        "PS405-nearly-a-standard-name",
        "A name that is nearly one with a meaning",
        "Entitlements, events and evidence may be of the merchant's own naming, but some names mean something to the "
        "service and to its callers. One a slip of the keys away would be passed on, and do nothing.",
        "grant: [free_return_shiping]",
        "grant: [free_return_shipping]",
    ),
    warning(
        "PS406-permits-nothing",
        "A policy that permits nothing",
        "What no permission opens is denied. A shop that takes nothing back says so by a `deny` without `when`, whose "
        "code and text its customers can read.",
        "merchant: shop\nclauses:\n  - {id: used-goods, deny: {code: used_goods}, when: {condition: used}}",
        "merchant: shop\nclauses:\n  - {id: return-30, window: {days: 30, after: delivery}}\n"
        "  - {id: used-goods, deny: {code: used_goods}, when: {condition: used}}",
    ),
    warning(
        "PS407-shortens-nothing",
        "A shorter window beside a longer one",
        "Of several windows any that is open will do, and the one that closes last governs. A shorter one for some "
        "goods counts only where it takes the place of the longer, named in `instead_of`.",
        "- {id: any-time, window: {days: 30, after: delivery}}\n"
        "- {id: phones-15, window: {days: 15, after: delivery}, when: {category: phone}}",
        "- {id: any-time, window: {days: 30, after: delivery}}\n"
        "- {id: phones-15, window: {days: 15, after: delivery}, when: {category: phone}, instead_of: [any-time]}",
    ),
    warning(
        "PS408-before-the-version",
        "An end before the version begins",
        "A version governs orders from its first day on. A window that ends before that day is never open, and an "
        "extension until then lengthens nothing.",
        "effective: {from: 2026-01-01}\nwindow: {until: 2025-01-31}",
        "effective: {from: 2026-01-01}\nwindow: {until: 2027-01-31}",
    ),
    warning(
        "PS409-lengthens-nothing",
        "An extension of nothing",
        "`extend` lengthens the `window` and `no_reason` clauses of its own document; it leaves warranties alone, and "
        "those without an end.",
        "- {id: one-year-warranty, warranty: {months: 12}}\n- {id: holidays, extend: {days: 15}}",
        "- {id: christmas, window: {days: 30, after: delivery}}\n- {id: holidays, extend: {days: 15}}",
    ),
    warning(
        "PS410-no-such-disposition",
        "An alert for goods that go nowhere",
        "A `stock_alert` counts the units that a `disposition` clause sent somewhere, and no clause sends any there.",
        "- {id: many-scrapped, stock_alert: {disposition: scrap, reaches: 5}}",
        "- {id: damaged, disposition: scrap, when: {condition: damaged}}\n"
        "- {id: many-scrapped, stock_alert: {disposition: scrap, reaches: 5}}",
    ),
    warning(
        "PS411-charge-without-payer",
        "A charge where somebody else pays",
        "A charge for the parcel back counts only where the customer pays for it.",
        'return_shipping: {payer: merchant, charge: "4.90"}',
        'return_shipping: {payer: customer, charge: "4.90"}',
    ),
    warning(
        "PS412-more-than-the-price",
        "A fee of more than the price",
        "The rate of a fee is of what was paid for the goods. Beyond 100 % a refund is eaten up, and on an exchange "
        "the customer owes more than the goods cost.",
        "fee: {code: restocking, rate: 150%}",
        "fee: {code: restocking, rate: 15%}",
    ),
    warning(
        "PS413-nearly-another-name",
        "A name that is nearly another of the same fact",
        "Tags, tiers, categories, evidence and the like are of the merchant's own naming, and a misspelt one is a name "
        "too: the clause waits for it and never applies.",
        "- {id: no-sale, deny: {code: final_sale}, when: {tags: clearance}}\n"
        "- {id: no-fee, waive: all, when: {tags: clearence}}",
        "- {id: no-sale, deny: {code: final_sale}, when: {tags: clearance}}\n"
        "- {id: no-fee, waive: all, when: {tags: clearance}}",
    ),
    warning(
        "PS414-dots-in-a-category",
        "A category written like a reason",
        "Reasons have dots, categories strokes: `toys` holds for `toys/wooden`, and knows nothing of `toys.wooden`.",
        "when: {category: toys.wooden}",
        "when: {category: toys/wooden}",
    ),
)
