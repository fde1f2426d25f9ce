"""The reason tree and who is liable."""

import pytest

from policy_service.language.reasons import STANDARD, Branch, ReasonTree

TREE = ReasonTree({
    "quality.functional_failure.motor": Branch(text={"en": "Motor failure"}),
    "quality.functional_failure.battery": Branch(liability="customer"),
    "quality.functional_failure.battery.swollen": Branch(),
    "size": Branch(liability="merchant"),
    "weather": Branch(liability="carrier"),
    "weather.flood": Branch(),
})  # fmt: skip


@pytest.mark.parametrize(
    ("path", "liable"),
    [
        ("quality", "merchant"),
        ("quality.functional_failure", "merchant"),
        ("mismatch.specification", "merchant"),
        ("logistics.lost", "carrier"),
        ("fulfilment.wrong_item", "merchant"),
        ("preference", "customer"),
        ("preference.changed_mind", "customer"),
        # a branch inherits its parent's liability
        ("quality.functional_failure.motor", "merchant"),
        # or has its own, which holds for what hangs below it
        ("quality.functional_failure.battery", "customer"),
        ("quality.functional_failure.battery.swollen", "customer"),
        # another liability for a standard node holds below it too
        ("size", "merchant"),
        ("size.too_small", "merchant"),
        # a tree of the policy's own
        ("weather.flood", "carrier"),
    ],
)
def test_the_nearest_word_on_liability_counts(path: str, liable: str) -> None:
    assert TREE.knows(path)
    assert TREE.liability(path) == liable


@pytest.mark.parametrize("path", ["quality.motor", "Quality", "quality.", "", "preference.changed_mind.really"])
def test_what_is_not_in_the_tree_is_not_known(path: str) -> None:
    assert not TREE.knows(path)
    with pytest.raises(KeyError):
        TREE.liability(path)


def test_inner_nodes_are_reasons_too() -> None:
    for path in STANDARD:
        parent = path.rpartition(".")[0]
        assert not parent or TREE.knows(parent)


def test_a_policys_words_for_a_reason_are_kept() -> None:
    assert TREE.text("quality.functional_failure.motor") == {"en": "Motor failure"}
    assert TREE.text("quality.functional_failure.battery") is None
    assert TREE.text("quality") is None


def test_paths_list_each_node_once_the_standard_ones_first() -> None:
    paths = list(TREE.paths())
    assert len(paths) == len(set(paths))
    assert paths[: len(STANDARD)] == list(STANDARD)
    assert paths[-1] == "weather.flood"
