"""Canonical bytes: equal values, equal digests."""

from datetime import UTC, datetime

import pytest

from policy_service.contract.canonical import canonical, digest


def test_the_order_of_keys_does_not_matter() -> None:
    assert canonical({"b": 1, "a": [{"d": None, "c": "é"}]}) == '{"a":[{"c":"é","d":null}],"b":1}'.encode()
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})


def test_bytes_are_digested_as_they_are() -> None:
    assert digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest({"a": 1}) == digest(b'{"a":1}')


@pytest.mark.parametrize("value", [{1: 2}, {"a": datetime(2025, 1, 1, tzinfo=UTC)}, {"a": 10**30}, {"a": {1}}])
def test_what_is_no_plain_json_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)
