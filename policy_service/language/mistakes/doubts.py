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
)
