"""The service: bodies in, decisions out. Where the pure core meets the catalogue, the clock and fresh ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

from policy_service.catalog.errors import NoVersionInForce, UnknownMerchant
from policy_service.contract import problems
from policy_service.contract.fields import read_instant
from policy_service.contract.inspection import parse_inspection
from policy_service.contract.refusals import read_object
from policy_service.contract.request import BadRequest, FieldError, NotJson, ParsedRequest, parse_request
from policy_service.decision.admission import admit, fits_plainly
from policy_service.decision.case import Settled
from policy_service.decision.decide import Decided, decide
from policy_service.decision.inspection import inspect
from policy_service.decision.rulebook import Governing
from policy_service.host import fresh_id, system_clock

Body = bytes | str | Mapping[str, Any]


class Governor(Protocol):
    """Finds what governs an order: raises `UnknownMerchant` or `NoVersionInForce`."""

    def govern(self, merchant: str, placed_at: datetime, country: str | None) -> Governing: ...


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

    def parse(self, body: Body) -> ParsedRequest:
        """The request in `body`. Raises `ProblemError` 400 or 422."""
        try:
            return parse_request(body)
        except NotJson as error:
            raise problems.ProblemError(problems.not_json(str(error))) from error
        except BadRequest as error:
            raise problems.ProblemError(problems.unfit([*error.errors, *self._further(body, error)])) from error

    def _further(self, body: Body, refusal: BadRequest) -> list[FieldError]:
        """What the policy would say of a body that does not fit the contract, as far as one governs it."""
        try:
            raw = read_object(body)
            order = raw["order"]
            country = order.get("country")
            placed_at = read_instant(order["placed_at"])
            governing = self.catalog.govern(
                str(raw["merchant"]), placed_at, country if isinstance(country, str) else None
            )
        except (AttributeError, LookupError, TypeError, ValueError):
            return []  # what would say which policy governs is itself among the errors
        said = {error.pointer for error in refusal.errors}
        return [error for error in admit(raw, governing) if error.pointer not in said]

    def govern(self, parsed: ParsedRequest) -> Governing:
        """What governs a parsed request. Raises `ProblemError` 404 or 422."""
        order = parsed.request.order
        try:
            return self.catalog.govern(parsed.request.merchant, order.placed_at, order.country)
        except UnknownMerchant as error:
            raise problems.ProblemError(problems.unknown_merchant(error.merchant, error.hint)) from error
        except NoVersionInForce as error:
            problem = problems.no_version_in_force(error.merchant, error.day.isoformat(), error.versions)
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
        parsed = body if isinstance(body, ParsedRequest) else self.parse(body)
        if governing is None:
            governing = self.govern(parsed)
        errors = [] if fits_plainly(parsed.request, governing) else admit(parsed.raw, governing)
        instant = now or self.clock()
        if parsed.request.requested_at is None and instant < parsed.request.order.placed_at:
            errors.append(
                FieldError("/order/placed_at", "the order was placed after this request", "check the order's clock")
            )
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
