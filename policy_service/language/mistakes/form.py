"""Mistakes of form: keys, types and values that a document of this kind does not have."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, error

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    error(
        "PS101-unknown-key",
        "A key that is not known here",
        "Nothing reads this key, so what it says would never take effect.",
        "window: {dayz: 30, after: delivery}",
        "window: {days: 30, after: delivery}",
    ),
    error(
        "PS102-missing-key",
        "A key is missing",
        "The mapping needs this key.",
        "fee: {rate: 10%}",
        "fee: {code: restocking, rate: 10%}",
    ),
    error(
        "PS103-wrong-type",
        "Another type of value is expected",
        "Text, a number, true or false, a date, a list or a mapping is expected here, and something else stands there.",
        "window: {days: thirty, after: delivery}",
        "window: {days: 30, after: delivery}",
    ),
    error(
        "PS104-unknown-value",
        "Not one of the values possible here",
        "Only the values of a fixed list are possible here.",
        "gift: {if_missing: deductt}",
        "gift: {if_missing: deduct}",
    ),
    error(
        "PS105-wrong-form",
        "The text has another form than expected",
        "Dates, durations, sums, ids and codes have a form of their own.",
        "deadline: {ship_back: a week}",
        "deadline: {ship_back: 7 days}",
    ),
    error(
        "PS106-percent-missing",
        "A percentage without `%`",
        "A rate is written with its sign, so that `10` is never read as ten times the price or `0.1` as a "
        "tenth of a per cent.",
        "fee: {code: restocking, rate: 10}",
        "fee: {code: restocking, rate: 10%}",
    ),
    error(
        "PS107-wrong-digits",
        "A sum with more digits than its currency has",
        "Sums have no more digits after the point than the policy's currency (ISO 4217): two for CNY, none "
        "for JPY, three for KWD. They are never rounded silently. Before the point stand at most 15 digits; a "
        "percentage has at most six on either side.",
        'compensate: {coupon: "20.005"}',
        'compensate: {coupon: "20.00"}',
    ),
    error(
        "PS108-no-effect",
        "A clause without an effect",
        "A clause has an id and exactly one key that names its kind, such as `window`, `deny` or `fee`.",
        "- id: used-goods\n  when: {condition: used}",
        "- id: used-goods\n  deny: {code: used_goods}\n  when: {condition: used}",
    ),
    error(
        "PS109-two-effects",
        "A clause with two effects",
        "One clause has one effect; another effect is a clause of its own, with an id that decisions can cite.",
        "- id: sofa\n  window: {days: 30, after: delivery}\n  fee: {code: restocking, rate: 10%}",
        "- id: sofa\n  window: {days: 30, after: delivery}\n- id: sofa-fee\n  fee: {code: restocking, rate: 10%}",
    ),
    error(
        "PS110-out-of-range",
        "A number outside its range",
        "The number is too small or too large for what it counts.",
        "extend: {days: 0}",
        "extend: {days: 7}",
    ),
    error(
        "PS111-wrong-document",
        "Not in this kind of document",
        "Some keys and kinds stand in policies only (`fee`, `review`, `clawback`), others in statutes only (`allow`).",
        "merchant: dg-home\nclauses: [{id: floor, allow: {codes: [restocking]}}]",
        "statute: cn\nclauses: [{id: floor, allow: {codes: [restocking]}}]",
    ),
    error(
        "PS112-empty-list",
        "A list with nothing in it",
        "An empty list says nothing here: name something, or leave the key out.",
        "for: []",
        "for: [return]",
    ),
    error(
        "PS113-repeated-item",
        "The same item twice in a list",
        "Once is enough.",
        "for: [return, return]",
        "for: [return]",
    ),
    error(
        "PS114-one-of",
        "Exactly one of several keys",
        "These keys answer the same question in different ways, so exactly one of them may stand.",
        "window: {days: 30, months: 1, after: delivery}",
        "window: {days: 30, after: delivery}",
    ),
    error(
        "PS115-needs",
        "A key that needs another",
        "This key means something only beside another key.",
        "fee: {code: storage, rate: 10%, after_days: 15}",
        "fee: {code: storage, rate_per_day: 1%, after_days: 15}",
    ),
    error(
        "PS116-unknown-document",
        "Neither a policy, nor a statute, nor an include file",
        "A file says what it is by its keys: `merchant` a policy, `statute` a statute, `suite` scenarios, and "
        "an include file has `clauses` only.",
        "shop: dg-home",
        "merchant: dg-home",
    ),
)
