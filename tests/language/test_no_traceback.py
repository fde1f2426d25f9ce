"""Whatever bytes stand in a policy file, an author gets diagnostics, never a Python traceback."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policy_service.language import as_json, as_sarif, as_text, check, load
from policy_service.language.schema import policy_schema

HERE = Path(__file__).parent
EXAMPLES = sorted((HERE / "good").glob("*.yaml")) + sorted((HERE / "bad").glob("*.yaml"))
TEXTS = [path.read_text(encoding="utf-8") for path in EXAMPLES]

QUICK = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

PIECES = st.sampled_from(
    [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "- ",
        "\n",
        "\t",
        "  ",
        "*a",
        "&a ",
        "!!str ",
        "!x",
        "'",
        '"',
        "|",
        ">",
        "%",
        "@",
        "`",
        "#",
        "---",
        "...",
        "? ",
        "<<",
        "null",
        "~",
        "true",
        "2025-02-30",
        "1e999",
        "-.inf",
        "0x",
        "\x00",
        "\ufeff",
        "\u2028",
        "\ud800",
        "中",
        "10%",
        "99999999999999999999",
        "all",
        "any",
        "not",
        "{}",
        "[]",
        "days",
        "when",
        "id",
        "0",
        "-1",
        "1.5",
    ]
)


def survives(path: Path) -> None:
    """Everything that is done with a file's diagnostics can be done."""
    found = check([path])
    loaded = load(path)
    assert loaded.document is not None or any(each.is_error for each in loaded.diagnostics)
    for each in (*found, *loaded.diagnostics):
        assert each.message
        assert each.position.line >= 1
        assert each.position.column >= 1
    assert as_json(found)
    assert as_sarif(found)
    assert bool(as_text(found)) == bool(found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "policy.yaml"


@QUICK
@given(raw=st.binary(max_size=300))
def test_no_bytes_raise(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    survives(file)


@QUICK
@given(parts=st.lists(PIECES | st.text(max_size=8), max_size=40))
def test_no_text_raises(file: Path, parts: list[str]) -> None:
    file.write_bytes("".join(parts).encode("utf-8", "surrogatepass"))
    survives(file)


@QUICK
@given(data=st.data())
def test_no_policy_with_pieces_put_in_and_taken_out_raises(file: Path, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(TEXTS))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.integers(0, 12))
        text = text[:at] + data.draw(PIECES | st.just("")) + text[at + cut :]
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    survives(file)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 10**20)
    | st.floats(allow_nan=True)
    | st.text(max_size=6)
    | st.dates().map(str)
    | st.sampled_from(["10%", "5.00", "delivery", "7 days", "return-30", "all", "quality", "cn", "CNY", "tier"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4)
            | st.sampled_from(["any", "all", "not", "days", "code", "at_least", "tier", "reason", "text"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


def _places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, value in items for place in _places(value, (*path, key)))]


@QUICK
@given(data=st.data())
def test_a_policy_with_any_value_in_any_place(file: Path, data: st.DataObject) -> None:
    document: Any = yaml.safe_load(data.draw(st.sampled_from(TEXTS[:GOOD])))
    for _ in range(data.draw(st.integers(1, 3))):
        *way, last = data.draw(st.sampled_from(_places(document)[1:]))
        target = document
        for step in way:
            target = target[step]
        if isinstance(target, (dict, list)):
            target[last] = data.draw(VALUES)
            break
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    survives(file)


GOOD = len(list((HERE / "good").glob("*.yaml")))


def test_the_schema_itself_is_no_policy(file: Path) -> None:
    file.write_text(yaml.safe_dump(policy_schema(), allow_unicode=True), encoding="utf-8")
    survives(file)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 5000,
        "[" * 200_000,
        "- " * 20_000,
        "a: " * 20_000,
        "&a " * 1000,
        "? " * 20_000,
        "a:\n" * 20_000,
        "'" * 100_001,
        "clauses:\n" + "- {}\n" * 20_000,
        "merchant: a\nclauses:\n" + "- {id: a}\n" * 12_000,
        "merchant: a\nclauses:\n" + "".join(f"- {{id: a{n}, overrides: [b{n}], nonsens{n}: 1}}\n" for n in range(500)),
        "merchant: a\n" + "".join(f"k{n}: 1\n" for n in range(2_000)),
    ],
    ids=lambda text: f"{text[:12]!r}",
)
def test_large_nonsense_is_answered(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    survives(file)
