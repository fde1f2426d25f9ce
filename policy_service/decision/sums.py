"""The sums of one line, in minor units of the order's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_service.decision.fees import Charge
from policy_service.language.clause import Clause


@dataclass(slots=True)
class LineMoney:
    """What a line gives back; of a line under review, what it would (`settled` False): such sums enter no total."""

    items: int = 0
    fees: Sequence[Charge] = ()
    deductions: Sequence[Charge] = ()
    tax: int = 0
    duties: int = 0
    exchange: int = 0
    credit: Clause | None = None  # the exchange difference is store credit by this clause
    settled: bool = True

    @property
    def fee_total(self) -> int:
        return sum([charge.amount for charge in self.fees]) if self.fees else 0

    @property
    def deduction_total(self) -> int:
        return sum([charge.amount for charge in self.deductions]) if self.deductions else 0

    @property
    def refund(self) -> int:
        return self.items - self.fee_total - self.deduction_total
