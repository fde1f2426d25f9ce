"""What a request must make sense of beyond its form, and no policy is needed to see.

The checks read the raw JSON and pass over whatever is broken, so that they run beside the errors of form: a caller
sees both at once. They are never the only guard of a form.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from policy_service.contract.fields import read_instant
from policy_service.contract.money import MAX_MINOR, Scale, apportion
from policy_service.contract.refusals import FieldError
from policy_service.contract.suggest import did_you_mean, shown

Raw = dict[str, Any]


def cross_check(raw: Raw, scale: Scale | None) -> list[FieldError]:
    """Every error of sense in a raw request; sums are left alone while the currency is not known."""
    found = [*_override(raw)]
    order = raw.get("order")
    if not isinstance(order, dict):
        return found
    found += _instants(raw, order)
    lines = objects(order.get("lines"))
    found += _order_lines(lines)
    ids = {line["id"]: None for _, line in lines if isinstance(line.get("id"), str)}
    if ids:
        found += _request_lines(raw, ids)
        found += _lines_named(order, ids)
    if scale is not None:
        found += _sums(raw, lines, scale)
        if order.get("discounts"):
            found += _order_discounts(order, lines, scale)
    return found


def objects(value: object) -> list[tuple[int, Raw]]:
    """The objects of a list, each with its index."""
    if not isinstance(value, list):
        return []
    return [(i, member) for i, member in enumerate(value) if isinstance(member, dict)]


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


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


def _order_lines(lines: Sequence[tuple[int, Raw]]) -> Iterator[FieldError]:
    seen: set[object] = set()
    for i, line in lines:
        name = line.get("id")
        if isinstance(name, str):
            if name in seen:
                at = f"/order/lines/{i}/id"
                yield FieldError(at, f"`{shown(name)}` is the id of an earlier line", "give each line its own")
            seen.add(name)
        if line.get("unit_paid") is not None:
            for other in ("unit_price", "discount"):
                if line.get(other) is not None:
                    hint = "`unit_paid` is net of every discount: send it alone"
                    at = f"/order/lines/{i}/unit_paid"
                    yield FieldError(at, f"`unit_paid` and `{other}` exclude each other", hint)
        elif line.get("unit_price") is None:
            yield FieldError(f"/order/lines/{i}/unit_price", "`unit_price` or `unit_paid` is required")
        if "shipped_quantity" in line or "cancelled_quantity" in line:
            yield from _counters(i, line)


def _counters(i: int, line: Raw) -> Iterator[FieldError]:
    quantity = _count(line.get("quantity"))
    for counter in ("shipped_quantity", "cancelled_quantity"):
        units = _count(line.get(counter))
        if units is not None and quantity is not None and units > quantity:
            detail = f"`{units}` is over the line's quantity"
            yield FieldError(f"/order/lines/{i}/{counter}", detail, f"at most {quantity}")


def _request_lines(raw: Raw, ids: dict[str, None]) -> Iterator[FieldError]:
    for i, line in objects(raw.get("lines")):
        name = line.get("order_line")
        if isinstance(name, str) and name not in ids:
            yield unknown_line(f"/lines/{i}/order_line", name, ids)


def unknown_line(at: str, name: str, ids: Collection[str], whole: str = "order") -> FieldError:
    """The error of naming a line that the order, or another `whole`, does not have."""
    listed = ", ".join(f"`{shown(known)}`" for known in list(ids)[:5]) + (", …" if len(ids) > 5 else "")
    hint = did_you_mean(name, ids) or f"the {whole} has {listed}"
    return FieldError(at, f"`{shown(name)}` is no line of the {whole}", hint)


def _lines_named(order: Raw, ids: dict[str, None]) -> Iterator[FieldError]:
    for field, key in (("gifts", "with"), ("discounts", "lines")):
        for i, member in objects(order.get(field)):
            names = member.get(key)
            seen = set()
            for j, name in enumerate(names if isinstance(names, list) else ()):
                if not isinstance(name, str):
                    continue
                if name not in ids:
                    yield unknown_line(f"/order/{field}/{i}/{key}/{j}", name, ids)
                elif name in seen:
                    yield FieldError(f"/order/{field}/{i}/{key}/{j}", f"`{shown(name)}` is named twice")
                seen.add(name)


def _sums(raw: Raw, lines: Sequence[tuple[int, Raw]], scale: Scale) -> Iterator[FieldError]:
    """Sums of several units or fields: they too must stay within what a sum can hold."""
    order = raw["order"]
    costs: list[tuple[str, int]] = []
    for i, line in lines:
        unit, quantity = scale.read(line.get("unit_price") or line.get("unit_paid")), _count(line.get("quantity"))
        if unit is None or quantity is None:
            continue
        cost = unit * quantity
        if line.get("discount") is not None and line.get("unit_paid") is None:
            discount = scale.read(line["discount"])
            if discount is not None and discount > cost:
                detail = f"`{line['discount']}` is over what the line costs"
                yield FieldError(f"/order/lines/{i}/discount", detail)
        costs.append((f"/order/lines/{i}/quantity", cost))
        costs += [(f"/order/lines/{i}/{name}", scale.read(line.get(name)) or 0) for name in ("tax", "duty_paid")]
    yield from _too_much(costs, "the lines up to here cost more than a sum can hold")
    whole = sum(cost for _, cost in costs)
    if whole <= MAX_MINOR < whole + (scale.read(order.get("shipping_paid")) or 0):
        yield FieldError("/order/shipping_paid", "the order with its postage costs more than a sum can hold")
    wanted = []
    for i, line in objects(raw.get("lines")):
        other = line.get("exchange_for")
        unit = scale.read(other.get("unit_price")) if isinstance(other, dict) else None
        quantity = _count(line.get("quantity"))
        if unit is not None and quantity is not None:
            wanted.append((f"/lines/{i}/quantity", unit * quantity))
    yield from _too_much(wanted, "the new goods up to here cost more than a sum can hold")


def _too_much(costs: Sequence[tuple[str, int]], detail: str) -> Iterator[FieldError]:
    """The error of sums that come to too much together, at the one that makes them."""
    total = 0
    for at, cost in costs:
        if total <= MAX_MINOR < total + cost:
            yield FieldError(at, detail)
        total += cost


def _order_discounts(order: Raw, lines: Sequence[tuple[int, Raw]], scale: Scale) -> Iterator[FieldError]:
    """Discounts that take more off than their lines cost; a line sold at `unit_paid` takes no share."""
    net: dict[str, int] = {}
    for _, line in lines:
        if line.get("unit_paid") is not None:
            continue
        unit, quantity, name = scale.read(line.get("unit_price")), _count(line.get("quantity")), line.get("id")
        discount = 0 if line.get("discount") is None else scale.read(line["discount"])
        if unit is None or quantity is None or discount is None or not isinstance(name, str):
            return
        net[name] = max(0, unit * quantity - discount)
    left = dict(net)
    for i, member in objects(order.get("discounts")):
        amount = scale.read(member.get("amount"))
        named = _names(member.get("lines"))
        own = [name for name in net if named is None or name in named]
        if amount is None or not own or member.get("on") == "shipping":
            continue
        for name, share in zip(own, apportion(amount, [net[name] for name in own]), strict=True):
            left[name] -= share
        at = f"/order/discounts/{i}/amount"
        if amount > sum(net[name] for name in own):
            yield FieldError(at, f"`{member['amount']}` is over what its lines cost")
        elif any(left[name] < 0 for name in own):
            yield FieldError(at, "with the discounts before it, this is over what its lines cost")


def _names(value: object) -> frozenset[str] | None:
    """The names in a list; None where there is no list."""
    return frozenset(name for name in value if isinstance(name, str)) if isinstance(value, list) else None
