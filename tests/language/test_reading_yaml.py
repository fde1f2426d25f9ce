"""Reading keeps every position, refuses what is dangerous, and goes on after mistakes."""

from pathlib import Path

import pytest

from policy_service.language.source import LARGEST_FILE, Source, read_yaml


def found(text: str | bytes) -> list[str]:
    """The mistakes as `line:column code`."""
    return [f"{each.position.line}:{each.position.column} {each.code[:5]}" for each in read_yaml(text).diagnostics]


def slice_of(source: Source, *path: str | int, key: bool = False) -> str:
    place = source.position(path, key)
    return source.line(place.line)[place.column - 1 : place.end_column - 1]


POLICY = """\
merchant: dg-home
clauses:
  - id: return-30
    text: {zh-CN: 收货后30天, en: "Return, or exchange"}
    window: {days: 30, after: delivery}
    for:
      - return
      - exchange
"""


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("merchant",), "dg-home"),
        (("clauses", 0, "id"), "return-30"),
        (("clauses", 0, "text", "zh-CN"), "收货后30天"),
        (("clauses", 0, "text", "en"), '"Return, or exchange"'),
        (("clauses", 0, "window"), "{days: 30, after: delivery}"),
        (("clauses", 0, "window", "days"), "30"),
        (("clauses", 0, "for", 1), "exchange"),
    ],
)
def test_a_path_leads_to_the_place_of_its_value(path: tuple[str | int, ...], written: str) -> None:
    assert slice_of(read_yaml(POLICY), *path) == written


def test_a_key_has_a_place_of_its_own() -> None:
    assert slice_of(read_yaml(POLICY), "clauses", 0, "window", "after", key=True) == "after"


def test_a_path_that_leads_nowhere_gives_what_would_hold_it() -> None:
    assert slice_of(read_yaml(POLICY), "clauses", 0, "window", "months") == "{days: 30, after: delivery}"


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("a: 1\na: 2\n", ["2:1 PS006"]),
        ("a: *nothing\n", ["1:4 PS007"]),
        ("a: !!python/name:os.system x\n", ["1:4 PS009"]),
        ("a: !mine {b: 1}\n", ["1:4 PS009"]),
        ("a: 2025-02-30\n", ["1:4 PS011"]),
        ("<<: {a: 1}\n", ["1:1 PS015"]),
        ("? [a]\n: 1\n", ["1:3 PS014"]),
        ("? {a: 1}\n: 1\nb: 2", ["1:3 PS014"]),
        ("{: 1}\n", ["1:2 PS014"]),
        ("- : 1\n", ["1:3 PS014"]),
        ("{? : 1}\n", ["1:4 PS014"]),
        ("a: &a [*a]\n", ["1:8 PS008"]),
        ("a: 1\n---\nb: 2\n", ["2:1 PS005"]),
        ("", ["1:1 PS012"]),
        ("# later\n", ["1:1 PS012"]),
        ("a: b\x07\n", ["1:5 PS003"]),
        (b"a: \xff\n", ["1:4 PS001"]),
        ("a:\n\tb: 1\n", ["2:1 PS004"]),
        ("a: Note: this\n", ["1:8 PS003"]),
        ("a: @home\n", ["1:4 PS003"]),
        ("a: {b: 1\nc: 2\n", ["1:4 PS003"]),
        ('a: "never closed\n', ["1:4 PS003"]),
        ("a: b\n  c: d\n", ["2:3 PS003"]),
        ("[" * 100, ["1:65 PS013"]),
    ],
)
def test_a_mistake_is_found_where_it_stands(text: str | bytes, mistakes: list[str]) -> None:
    assert found(text) == mistakes


def test_every_broken_item_is_told_and_the_others_are_read() -> None:
    source = read_yaml("list:\n  - {a: 1\n  - b: 2\n  - c: @x\n  - d: 4\nlast: 5\n")
    assert [each.position.line for each in source.diagnostics] == [2, 4]
    assert source.partial
    assert source.data == {"list": [{"b": 2}, {"d": 4}], "last": 5}


@pytest.mark.parametrize(
    ("text", "hint", "mended"),
    [
        ("t: {en: Return, or exchange}", 'quote this text: `"Return, or exchange"`', {"en": "Return, or exchange"}),
        ("t: {en: a, b, c, zh: d}", 'quote this text: `"a, b, c"`', {"en": "a, b, c", "zh": "d"}),
        ("t: {at_least: 50,000.00}", 'write a sum without separators: `"50000.00"`', {"at_least": "50,000.00"}),
    ],
)
def test_text_cut_by_a_comma_is_told_whole(text: str, hint: str, mended: dict[str, str]) -> None:
    source = read_yaml(text)
    assert [(each.code, each.hint) for each in source.diagnostics] == [("PS010-cut-by-comma", hint)]
    assert source.data == {"t": mended}


@pytest.mark.parametrize(
    ("text", "column", "hint"),
    [
        ("a: 1\nt: 'The shop's return\nb: 2\n", 14, "put the whole text in double quotes"),
        ('- t: "Final" sale\n  b: 2\n', 14, "put the whole text in single quotes"),
        ("a: 1\nt: *Return or exchange\nb: 2\n", 4, "quote the text"),
        ("a:\n  b: 1\n    c: 2\n", 5, "line it up with the key above"),
    ],
)
def test_text_behind_a_whole_value_is_told_as_that(text: str, column: int, hint: str) -> None:
    assert [(each.position.column, each.hint) for each in read_yaml(text).diagnostics] == [(column, hint)]


def test_an_explicit_null_is_no_cut_text() -> None:
    assert read_yaml("with: {a: 1, order.delivered_at: null, b: }").diagnostics == ()


def test_the_first_of_two_keys_stays() -> None:
    assert read_yaml("a: 1\na: 2\n").data == {"a": 1}


def test_tabs_keep_their_columns() -> None:
    source = read_yaml("a:\n\tb: 2025-02-30\n")
    assert [(each.code[:5], each.position.line, each.position.column) for each in source.diagnostics] == [
        ("PS004", 2, 1),
        ("PS011", 2, 5),
    ]


def test_a_tab_inside_a_text_is_no_mistake() -> None:
    assert read_yaml('a: "b\tc"\nd: |\n  e\n  \tf\n').diagnostics == ()


def test_an_alias_repeats_a_part() -> None:
    assert read_yaml("a: &a {b: 1}\nc: *a\n").data == {"a": {"b": 1}, "c": {"b": 1}}


def test_an_alias_bomb_is_refused_unbuilt() -> None:
    tens = [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    source = read_yaml("\n".join(["a: &a [x]", *tens]))
    assert source.data is None
    assert [each.code for each in source.diagnostics] == ["PS008-alias-bomb"]


def test_a_file_over_one_mebibyte_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_text("a: " + "x" * LARGEST_FILE)
    assert [each.code for each in read_yaml(path).diagnostics] == ["PS002-too-large"]


def test_a_missing_file_is_a_diagnostic(tmp_path: Path) -> None:
    (diagnostic,) = read_yaml(tmp_path / "none.yaml").diagnostics
    assert diagnostic.code == "PS001-unreadable"
    assert diagnostic.message == "the file cannot be read: no such file or directory"


def test_an_endless_file_is_refused() -> None:
    assert [each.code for each in read_yaml(Path("/dev/zero")).diagnostics] == ["PS002-too-large"]


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert [each.code for each in read_yaml(tmp_path).diagnostics] == ["PS001-unreadable"]


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    source = read_yaml("\ufeffa: 1\r\nb: 2\r\n".encode())
    assert source.data == {"a": 1, "b": 2}
    assert source.position(("b",)).line == 2
