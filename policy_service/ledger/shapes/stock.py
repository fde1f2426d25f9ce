"""Stock of returned goods."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from policy_service.contract.decision_line import InstantText

Merchant = Annotated[str, Field(description="whose stock it is", examples=["dg-home"])]
Sku = Annotated[str, Field(description="of what", examples=["SOFA-3"])]


class FiredAlert(TypedDict):
    """An alert that fired and was not armed again: the stock was not cleared since."""

    clause: Annotated[str, Field(description="the clause that watches", examples=["many-defects"])]
    disposition: Annotated[str, Field(description="what it counts", examples=["defective"])]
    reaches: Annotated[int, Field(description="from how many units it fires", examples=[10], ge=1)]
    since: Annotated[InstantText, Field(description="when it fired", examples=["2025-06-20T02:00:00+00:00"])]


class StockCount(TypedDict):
    """Units of one sku of one merchant."""

    merchant: Merchant
    sku: Sku
    counts: Annotated[
        dict[str, int],
        Field(description="units by disposition, none that is 0", examples=[{"defective": 5, "sellable": 12}]),
    ]
    alerts: Annotated[list[FiredAlert], Field(description="alerts that fired")]


class ClearedStock(TypedDict):
    """What was taken out of the count."""

    merchant: Merchant
    sku: Sku
    cleared: Annotated[
        dict[str, int], Field(description="units by disposition, as they were counted", examples=[{"defective": 5}])
    ]
