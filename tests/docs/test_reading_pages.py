"""Reading a page as a transcript."""

import pytest

from tests.docs.transcripts import Line, ShownFile, Step, matches, read

PAGE = """# A page

```yaml title="rules/a.yaml"
merchant: a
```

```yaml
only: shown
```

```console
$ policy check rules
1 file, clean
$ policy decide request.json \\
    --rules rules
{"outcome": "approved"}
```

- An item:

    ```sh
    policy check rules   # all of them
    policy test \\
      rules
    ```
"""


def test_files_and_commands_come_in_their_order(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    assert list(read(page)) == [
        ShownFile("rules/a.yaml", "merchant: a\n"),
        Step(("policy", "check", "rules"), ("1 file, clean",)),
        Step(("policy", "decide", "request.json", "--rules", "rules"), ('{"outcome": "approved"}',)),
        Line("policy check rules   # all of them"),
        Line("policy test    rules"),
    ]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        (("one", "two"), "one\ntwo\n", True),
        (("one", "two"), "one  \ntwo\n\n", True),
        (("one",), "one\ntwo\n", False),
        (("one", "…"), "one\ntwo\nthree\n", True),
        (("…", "three"), "one\ntwo\nthree\n", True),
        (("one", "…", "three"), "one\nthree\n", True),
        (("o.e",), "one\n", False),
        (("7 passed, in 0.41 s",), "7 passed, in 12.50 s\n", True),
        (("7 passed, in 0.41 s",), "8 passed, in 0.41 s\n", False),
        ((), "", True),
        ((), "one\n", False),
    ],
)
def test_output_matches_line_by_line_with_gaps(shown, printed, same):
    assert matches(shown, printed) is same
