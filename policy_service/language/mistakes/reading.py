"""Mistakes in the file itself: what makes it unreadable as YAML."""

from __future__ import annotations

from policy_service.language.mistakes.kind import DiagnosticKind, error

__all__ = ["KINDS"]

KINDS: tuple[DiagnosticKind, ...] = (
    error(
        "PS001-unreadable",
        "The file cannot be read",
        "The file is missing, is a folder, may not be opened, or is not UTF-8 text.",
        "a file saved as UTF-16 by a spreadsheet",
        "the same file saved as UTF-8",
    ),
    error(
        "PS002-too-large",
        "The file is larger than 1 MiB",
        "A file over 1 MiB is refused before it is read: no policy needs that, and a service must not be "
        "filled by one.",
        "one file with every clause of every merchant",
        "a file per merchant, shared clauses by `include`",
    ),
    error(
        "PS003-syntax",
        "This is not YAML",
        "The text breaks the rules of YAML at this place. The usual causes are a missing quote, a missing "
        "bracket, a colon inside unquoted text, or indentation that does not line up. The item it stands in "
        "is set aside and the rest of the file is still checked.",
        "text: {en: Note: no returns}",
        'text: {en: "Note: no returns"}',
    ),
    error(
        "PS004-tab",
        "A tab in the indentation",
        "YAML indents with spaces only.",
        "window:\n\tdays: 30\n\tafter: delivery",
        "window:\n  days: 30\n  after: delivery",
    ),
    error(
        "PS005-two-documents",
        "Two documents in one file",
        "A policy is one YAML document. A line `---` in the middle of a file starts another.",
        "- {id: return-30, window: {days: 30}}\n---\n- {id: worn, deny: {code: worn}}",
        "- {id: return-30, window: {days: 30}}\n- {id: worn, deny: {code: worn}}",
    ),
    error(
        "PS006-duplicate-key",
        "The same key twice",
        "A key may stand once in a mapping; of two, one would silently win.",
        "when: {tier: gold, tier: diamond}",
        "when: {tier: [gold, diamond]}",
    ),
    error(
        "PS007-unknown-alias",
        "An alias to nothing",
        "`*name` repeats what `&name` marked earlier in the same file; nothing is marked with this name. Text "
        "that begins with `*` must be quoted.",
        "text: {en: *below}",
        'text: {en: "*below"}',
    ),
    error(
        "PS008-alias-bomb",
        "Aliases that multiply",
        "Aliases may repeat a part of a file, but not so often that a small file grows into a huge one, and "
        "never a part that contains itself.",
        "reasons: &all {preference.gift: *all}",
        "reasons: {preference.gift: {text: {en: It was a gift}}}",
    ),
    error(
        "PS009-custom-tag",
        "A tag such as `!!python/object`",
        "Tags tell a YAML reader to build something else than text, numbers, lists and mappings. They are "
        "refused before anything is built.",
        "version: !!python/name:os.system x",
        'version: "2025-06"',
    ),
    error(
        "PS010-cut-by-comma",
        "A comma cut unquoted text in two",
        "Inside `{…}` a comma ends the value, so the rest of the sentence became a key of its own. Quote the text.",
        "text: {en: Return, or exchange}",
        'text: {en: "Return, or exchange"}',
    ),
    error(
        "PS011-impossible-date",
        "A day that no calendar has",
        "Dates are written year-month-day. This one has the right form, but there is no such day.",
        "window: {until: 2026-02-30}",
        "window: {until: 2026-02-28}",
    ),
    error(
        "PS012-empty",
        "Nothing in the file",
        "A policy is a mapping of keys. This file is empty, or holds only comments.",
        "# to be written",
        'merchant: dg-home\nversion: "2025-06"',
    ),
    error(
        "PS013-too-deep",
        "Nested too deeply",
        "No policy nests deeper than 64 levels; such a file is refused before it is built.",
        "[[[[[[…]]]]]]",
        "[…]",
    ),
    error(
        "PS014-key-not-text",
        "A key that is not text",
        "A key of a mapping is a name. Lists and mappings cannot be keys.",
        "text: {en: Gone is gone, [de, at]: Weg ist weg}",
        "text: {en: Gone is gone, de: Weg ist weg}",
    ),
    error(
        "PS015-merge-key",
        "`<<` is not part of YAML 1.2",
        "The merge key of YAML 1.1 is not read; what it would add could not be seen where it takes effect.",
        "when: {<<: {tier: gold}, tags: clearance}",
        "when: {tier: gold, tags: clearance}",
    ),
)
