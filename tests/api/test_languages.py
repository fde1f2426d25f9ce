"""An answer is in a language that the caller reads."""

import pytest

from policy_service.api.languages import negotiate


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "en"), ("", "en"), ("*", "en"), ("fr", "en"), ("en-GB,en;q=0.9", "en"),
        ("zh", "zh-CN"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN"), ("zh-Hans-CN", "zh-CN"), ("ZH_cn", "zh-CN"),
        ("fr,zh;q=0.1", "zh-CN"), ("en;q=0.2,zh;q=0.9", "zh-CN"), ("zh;q=0.2,en;q=0.9", "en"), ("zh;q=0", "en"),
        (";;;,,,=", "en"), ("zh;q=abc", "en"), ("x" * 100_000, "en"), ("zh\x00", "en"),
    ],
)  # fmt: skip
def test_the_language_is_negotiated(header: str | None, locale: str) -> None:
    assert negotiate(header) == locale
