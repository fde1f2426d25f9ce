"""The service: bodies in, decisions out. Where the pure core meets the catalogue, the clock and fresh ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import uuid_utils

from policy_service.catalog.errors import NoVersionInForce, UnknownMerchant
from policy_service.contract import problems
from policy_service.contract.fields import read_instant
from policy_service.contract.inspection import parse_inspection
from policy_service.contract.refusals import read_object
from policy_service.contract.request import BadRequest, FieldError, NotJson, ParsedRequest, parse_request
from policy_service.contract.suggest import shown
from policy_service.decision.admission import admit, fits_plainly
from policy_service.decision.case import Settled
from policy_service.decision.decide import Decided, decide
from policy_service.decision.inspection import inspect
from policy_service.decision.rulebook import Governing

Body = bytes | str | Mapping[str, Any]


class Governor(Protocol):
    """Finds what governs an order: raises `UnknownMerchant` or `NoVersionInForce`."""

    def govern(self, merchant: str, placed_at: datetime, country: str | None) -> Governing: ...


def system_clock() -> datetime:
    return datetime.now(UTC)


def fresh_id() -> str:
    """A UUIDv7: ids sort by the time they were made."""
    return str(uuid_utils.uuid7())


class Service:
    """Decides requests by the policies of a catalogue.

    Every method raises `problems.ProblemError` for input that cannot be decided; nothing else leaves it.
    """

    def __init__(
        self, catalog: Governor, *, clock: Callable[[], datetime] = system_clock, new_id: Callable[[], str] = fresh_id
    ) -> None:
        self.catalog = catalog
        self.clock = clock
        self.new_id = new_id

    def parse(self, body: Body, now: datetime | None = None) -> ParsedRequest:
        """The request in `body`; `now` is the clock where it was read before.

        Raises `ProblemError` 400, or 422 with what the policy and the clock say against it too, where they can tell.
        """
        try:
            return parse_request(body)
        except NotJson as error:
            raise problems.ProblemError(problems.not_json(str(error))) from error
        except BadRequest as error:
            raise problems.ProblemError(problems.unfit([*error.errors, *self._further(body, error, now)])) from error

    def _further(self, body: Body, refusal: BadRequest, now: datetime | None) -> list[FieldError]:
        """What else there is to say of a body that does not fit the contract."""
        try:
            raw = read_object(body)
        except ValueError:
            return []  # there is no object to say more of
        said = {error.pointer for error in refusal.errors}
        return [error for error in self._beyond_form(raw, now or self.clock()) if error.pointer not in said]

    def _beyond_form(self, raw: Mapping[str, Any], now: datetime) -> list[FieldError]:
        """What the policy and the clock say of a raw request, as far as what they go by can be read."""
        order, merchant = raw.get("order"), raw.get("merchant")
        placed_at = _placed_at(order)
        late = [] if placed_at is None or raw.get("requested_at") is not None else _late(placed_at, now)
        if not isinstance(merchant, str):
            return late
        try:
            governing = self.catalog.govern(merchant, placed_at or now, _country(order))
        except UnknownMerchant as error:
            return [_no_policy(error), *late]
        except NoVersionInForce as error:
            return [] if placed_at is None else [*_not_in_force(error).errors, *self._agreed(raw, error), *late]
        return [] if placed_at is None else [*admit(raw, governing), *late]

    def _agreed(self, raw: Mapping[str, Any], refusal: NoVersionInForce) -> list[FieldError]:
        """What every version of a merchant's says against a request that is of the time of none."""
        agreed: dict[tuple[str, str], FieldError] | None = None
        for begins in refusal.begins:
            try:
                governing = self.catalog.govern(refusal.merchant, begins, _country(raw.get("order")))
            except LookupError:
                return []  # the policies were read again meanwhile
            said = {(error.pointer, error.detail): error for error in admit(raw, governing)}
            agreed = said if agreed is None else {key: error for key, error in agreed.items() if key in said}
            if not agreed:
                break  # and the other versions need not be compiled
        return [] if agreed is None else list(agreed.values())

    def govern(self, parsed: ParsedRequest, beside: Sequence[FieldError] = ()) -> Governing:
        """What governs a parsed request. Raises `ProblemError` 404 or 422, with the errors `beside` it if there are."""
        order = parsed.request.order
        try:
            return self.catalog.govern(parsed.request.merchant, order.placed_at, order.country)
        except UnknownMerchant as error:
            problem = problems.unknown_merchant(error.merchant, error.hint)
            if beside:
                problem = problems.unfit([_no_policy(error), *beside])
            raise problems.ProblemError(problem) from error
        except NoVersionInForce as error:
            problem = _not_in_force(error)
            if more := [*self._agreed(parsed.raw, error), *beside]:
                problem = problems.unfit([*problem.errors, *more])
            raise problems.ProblemError(problem) from error

    def decide(
        self,
        body: Body | ParsedRequest,
        *,
        locale: str = "en",
        now: datetime | None = None,
        settled: Mapping[int, Settled] | None = None,
        previous: str | None = None,
        resolution: Mapping[str, Any] | None = None,
        governing: Governing | None = None,
        id: str | None = None,
    ) -> Decided:
        """The decision on a request; the clock is read once, and only where the request has no `requested_at`.

        `settled`, `previous` and `resolution`: a review that a person, or the clock, has settled.
        """
        instant = now or self.clock()
        parsed = body if isinstance(body, ParsedRequest) else self.parse(body, instant)
        request = parsed.request
        late = _late(request.order.placed_at, instant) if request.requested_at is None else []
        if governing is None:
            governing = self.govern(parsed, late)
        errors = [*([] if fits_plainly(request, governing) else admit(parsed.raw, governing)), *late]
        if errors:
            raise problems.ProblemError(problems.unfit(errors))
        return decide(
            parsed,
            governing,
            now=instant,
            id=id or self.new_id(),
            locale=locale,
            settled=settled,
            previous=previous,
            resolution=None if resolution is None else dict(resolution),
        )

    def inspect(
        self,
        body: Body | ParsedRequest,
        previous: Mapping[str, Any],
        inspection: Body,
        *,
        locale: str = "en",
        governing: Governing | None = None,
        id: str | None = None,
        settled: Mapping[int, Settled] | None = None,
        follows: str | None = None,
        resolution: Mapping[str, Any] | None = None,
    ) -> Decided:
        """The second stage, on what the warehouse found; time stays at the instant of the `previous` decision.

        `settled`, `follows` and `resolution`: a review of an inspection that a person, or the clock, has settled.
        """
        parsed = body if isinstance(body, ParsedRequest) else self.parse(body)
        if governing is None:
            governing = self.govern(parsed)
        now = datetime.fromisoformat(previous["decided_at"])
        try:
            found = parse_inspection(inspection, parsed.request)
            return inspect(
                parsed,
                governing,
                previous,
                found,
                now=now,
                id=id or self.new_id(),
                locale=locale,
                settled=settled,
                follows=follows,
                resolution=resolution,
            )
        except NotJson as error:
            raise problems.ProblemError(problems.not_json(str(error))) from error
        except BadRequest as error:
            raise problems.ProblemError(problems.unfit(error.errors)) from error


def _placed_at(order: object) -> datetime | None:
    """When a raw order was placed; None where that cannot be read."""
    try:
        return read_instant(order.get("placed_at")) if isinstance(order, Mapping) else None
    except ValueError:
        return None


def _country(order: object) -> str | None:
    country = order.get("country") if isinstance(order, Mapping) else None
    return country if isinstance(country, str) else None


def _late(placed_at: datetime, now: datetime) -> list[FieldError]:
    """The error of an order that is placed after the request that has the instant of the clock."""
    if placed_at <= now:
        return []
    return [FieldError("/order/placed_at", "the order was placed after this request", "check the order's clock")]


def _no_policy(error: UnknownMerchant) -> FieldError:
    """An unknown merchant as one error among others; alone it is a 404."""
    return FieldError("/merchant", f"there is no policy of `{shown(error.merchant)}`", error.hint)


def _not_in_force(error: NoVersionInForce) -> problems.Problem:
    return problems.no_version_in_force(error.merchant, error.day.isoformat(), error.versions)
