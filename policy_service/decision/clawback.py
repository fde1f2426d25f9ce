"""The value of the goods that are kept, and what it falls by as units go back. Source: semantics, "Clawback".

V is the kept goods' net price less their shares of the discounts that they still earn. A discount once lost stays lost,
so each unit that goes back costs a step, not a look at the whole order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from policy_service.contract.prices import Prices, part
from policy_service.contract.request import Discount


@dataclass(slots=True)
class _Earning:
    """A discount that can be lost: what the kept goods it looks at are worth, and how many they are."""

    discount: Discount
    shares: Mapping[str, int]
    over: frozenset[str] | None  # the lines that it looks at; None: all
    spend: int = 0
    units: int = 0

    @property
    def earned(self) -> bool:
        return self.spend >= (self.discount.min_spend or 0) and self.units >= (self.discount.min_quantity or 0)


class Kept:
    """What a customer keeps of an order; `codes` are the discounts that can be lost (None: all of them)."""

    def __init__(self, prices: Prices, returned: Mapping[str, int], codes: Collection[str] | None) -> None:
        self.prices = prices
        self.returned = dict(returned)
        self.worth = {key: self._base(key) for key in prices.lines}
        self.earning: list[_Earning] = []
        for discount, shares in zip(prices.discounts, prices.shares, strict=True):
            losable = codes is None or discount.code in codes
            earning = self._look_at(discount, shares)
            if not losable or earning.earned:
                for key, amount in shares.items():
                    self.worth[key] -= amount
            if losable and earning.earned:
                self.earning.append(earning)

    def give_back(self, key: str, quantity: int) -> int:
        """Takes `quantity` units of a line away and says what the kept goods' value falls by (below 0: it rises)."""
        value, base, units = self._value(key), self._part(key, self._base(key)), self._units(key)
        self.returned[key] += quantity
        fall = value - self._value(key)
        base_fall, units_fall = base - self._part(key, self._base(key)), units - self._units(key)
        for earning in list(self.earning):
            if earning.over is None or key in earning.over:
                earning.spend -= base_fall
                earning.units -= units_fall
                if not earning.earned:
                    self.earning.remove(earning)
                    fall -= self._lose(earning.shares)
        return fall

    def _lose(self, shares: Mapping[str, int]) -> int:
        """What the kept goods are worth more without a discount that they no longer earn."""
        rise = 0
        for key, amount in shares.items():
            value = self._value(key)
            self.worth[key] += amount
            rise += self._value(key) - value
        return rise

    def _look_at(self, discount: Discount, shares: Mapping[str, int]) -> _Earning:
        earning = _Earning(discount, shares, None if discount.lines is None else frozenset(discount.lines))
        for key in self.prices.lines:
            if earning.over is None or key in earning.over:
                earning.spend += self._part(key, self._base(key))
                earning.units += self._units(key)
        return earning

    def _base(self, key: str) -> int:
        line = self.prices.lines[key]
        return line.net if line.shared else line.paid

    def _units(self, key: str) -> int:
        line = self.prices.order_lines[key]
        return max(0, line.quantity - (line.cancelled_quantity or 0) - self.returned[key])

    def _part(self, key: str, total: int) -> int:
        return part(total, self.prices.lines[key].units, self.returned[key], self._units(key))

    def _value(self, key: str) -> int:
        return self._part(key, self.worth[key])
