"""Reports."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

Title = TypedDict("Title", {"en": str, "zh-CN": str})


class Report(TypedDict):
    """A report: tables by name, each row by the names of its columns."""

    report: Annotated[str, Field(description="its name", examples=["reasons"])]
    title: Annotated[Title, Field(description="its title", examples=[{"en": "Money", "zh-CN": "金额分析"}])]
    sections: Annotated[
        dict[str, list[dict[str, str | int | float]]],
        Field(
            description="the rows of each table: counts and shares are numbers, sums text, weeks dates",
            examples=[{"liability": [{"liability": "customer", "lines": 8, "units": 9, "share": 0.8}]}],
        ),
    ]
