"""What a request must make sense of beyond its form, and no policy is needed to see.

The checks read the raw JSON and pass over whatever is broken, so that they run beside the errors of form: a caller
sees both at once. They are never the only guard of a form.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from policy_service.contract.fields import Digits, read_instant
from policy_service.contract.money import MAX_MINOR, apportion, read_minor
from policy_service.contract.refusals import FieldError
from policy_service.contract.suggest import did_you_mean, shown

Raw = dict[str, Any]


def cross_check(raw: Raw, digits: Digits) -> list[FieldError]:
    """Every error of sense in a raw request."""
    order = raw.get("order")
    if not isinstance(order, dict):
        return list(_override(raw))
    lines = _objects(order.get("lines"))
    ids = {line["id"]: None for _, line in lines if isinstance(line.get("id"), str)}
    found = [*_override(raw), *_instants(raw, order), *_order_lines(lines, digits)]
    if ids:
        found += _request_lines(raw, ids, digits)
        found += _lines_named(order, ids)
    if order.get("discounts") and digits.count is not None:
        found += _order_discounts(order, lines, digits.count)
    return found


def _objects(value: object) -> list[tuple[int, Raw]]:
    """The objects of a list, each with its index."""
    if not isinstance(value, list):
        return []
    return [(i, member) for i, member in enumerate(value) if isinstance(member, dict)]


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _sum(value: object, digits: int | None) -> int | None:
    return read_minor(value, digits) if digits is not None and isinstance(value, str) else None


def _override(raw: Raw) -> Iterator[FieldError]:
    if raw.get("override") is not None and raw.get("surface") != "staff":
        yield FieldError("/override", "only staff can override a decision", "send `surface` as `staff`")


def _instants(raw: Raw, order: Raw) -> Iterator[FieldError]:
    requested, placed = raw.get("requested_at"), order.get("placed_at")
    if requested is None or placed is None:
        return
    try:
        early = read_instant(requested) < read_instant(placed)
    except ValueError:
        return
    if early:
        yield FieldError("/requested_at", f"`{requested}` is before the order was placed", f"placed at `{placed}`")


def _order_lines(lines: Sequence[tuple[int, Raw]], digits: Digits) -> Iterator[FieldError]:
    seen: set[str] = set()
    gross = 0
    for i, line in lines:
        at = f"/order/lines/{i}"
        name = line.get("id")
        if isinstance(name, str):
            if name in seen:
                yield FieldError(f"{at}/id", f"`{shown(name)}` is the id of an earlier line", "give each line its own")
            seen.add(name)
        price, paid = line.get("unit_price"), line.get("unit_paid")
        if paid is None:
            if price is None:
                yield FieldError(f"{at}/unit_price", "`unit_price` or `unit_paid` is required")
        else:
            for other in ("unit_price", "discount"):
                if line.get(other) is not None:
                    hint = "`unit_paid` is net of every discount: send it alone"
                    yield FieldError(f"{at}/unit_paid", f"`unit_paid` and `{other}` exclude each other", hint)
        quantity = _count(line.get("quantity"))
        if quantity is None:
            continue
        for counter in ("shipped_quantity", "cancelled_quantity"):
            units = line.get(counter)
            if units is not None and (_count(units) or 0) > quantity:
                yield FieldError(f"{at}/{counter}", f"`{units}` is over the line's quantity", f"at most {quantity}")
        unit = _sum(price if paid is None else paid, digits.count)
        if unit is None:
            continue
        cost = unit * quantity
        discount = _sum(line.get("discount"), digits.count)
        if discount is not None and paid is None and discount > cost:
            yield FieldError(f"{at}/discount", f"`{line['discount']}` is over what the line costs")
        if gross <= MAX_MINOR < gross + cost:
            yield FieldError(f"{at}/quantity", "the lines up to here cost more than a sum can hold")
        gross += cost


def _request_lines(raw: Raw, ids: dict[str, None], digits: Digits) -> Iterator[FieldError]:
    for i, line in _objects(raw.get("lines")):
        name = line.get("order_line")
        if isinstance(name, str) and name not in ids:
            yield _not_in_order(f"/lines/{i}/order_line", name, ids)
        wanted = line.get("exchange_for")
        if isinstance(wanted, dict):
            unit, quantity = _sum(wanted.get("unit_price"), digits.count), _count(line.get("quantity"))
            if unit is not None and quantity is not None and unit * quantity > MAX_MINOR:
                yield FieldError(f"/lines/{i}/quantity", "the new goods cost more than a sum can hold")


def _not_in_order(at: str, name: str, ids: dict[str, None]) -> FieldError:
    listed = "the order has " + ", ".join(f"`{shown(known)}`" for known in list(ids)[:5]) + (", …" if len(ids) > 5 else "")
    return FieldError(at, f"`{shown(name)}` is no line of the order", did_you_mean(name, ids) or listed)


def _lines_named(order: Raw, ids: dict[str, None]) -> Iterator[FieldError]:
    for field, key in (("gifts", "with"), ("discounts", "lines")):
        for i, member in _objects(order.get(field)):
            names = member.get(key)
            for j, name in enumerate(names if isinstance(names, list) else ()):
                if not isinstance(name, str):
                    continue
                if name not in ids:
                    yield _not_in_order(f"/order/{field}/{i}/{key}/{j}", name, ids)
                elif name in names[:j]:
                    yield FieldError(f"/order/{field}/{i}/{key}/{j}", f"`{shown(name)}` is named twice")


def _order_discounts(order: Raw, lines: Sequence[tuple[int, Raw]], digits: int) -> Iterator[FieldError]:
    """Discounts that take more off than their lines cost; a line sold at `unit_paid` takes no share."""
    left: dict[str, int] = {}
    for _, line in lines:
        unit, quantity = _sum(line.get("unit_price"), digits), _count(line.get("quantity"))
        discount = _sum(line.get("discount") or _zero(digits), digits)
        if line.get("unit_paid") is not None:
            continue
        if unit is None or quantity is None or discount is None or not isinstance(line.get("id"), str):
            return
        left[line["id"]] = unit * quantity - discount
    net = dict(left)
    for i, member in _objects(order.get("discounts")):
        amount = _sum(member.get("amount"), digits)
        named = member.get("lines")
        own = [name for name in net if named is None or (isinstance(named, list) and name in named)]
        if amount is None or not own or member.get("on") == "shipping":
            continue
        shares = apportion(amount, [net[name] for name in own])
        for name, share in zip(own, shares, strict=True):
            left[name] -= share
        if amount > sum(net[name] for name in own):
            yield FieldError(f"/order/discounts/{i}/amount", f"`{member['amount']}` is over what its lines cost")
        elif any(left[name] < 0 for name in own):
            yield FieldError(f"/order/discounts/{i}/amount", "with the discounts before it, this is over what its lines cost")
            return


def _zero(digits: int) -> str:
    return "0." + "0" * digits if digits else "0"
