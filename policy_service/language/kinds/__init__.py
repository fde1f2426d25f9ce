"""The kinds of clause: one class each, which knows its YAML shape, its documentation and its defaults.

A class in any module of this package is found by itself, and the schema, the documentation, the linter, coverage and
mutation learn from it what they need. What it makes of a decision is worked out in `decision/`, in the module of its
subject, which is the second file that a new kind touches; the third is the names below, where it must be imported. Its
example for the documentation stands in `tests/docs/kinds/`.
"""

from importlib import import_module
from pkgutil import iter_modules

from policy_service.language.kinds.base import KINDS, ROLES, Effect, KindContext, Reading
from policy_service.language.kinds.benefits import Compensate, Grant
from policy_service.language.kinds.fees import Allow, Fee, Waive
from policy_service.language.kinds.freight import RefundDelivery, ReturnShipping
from policy_service.language.kinds.inspection import Disposition, StockAlert
from policy_service.language.kinds.money import (
    Clawback,
    ExchangeDifference,
    Gift,
    ImportDuties,
    RefundTo,
)
from policy_service.language.kinds.permissions import Extend, Fallback, NoReason, NotAfter, Permission, Warranty, Window
from policy_service.language.kinds.process import Deadline, FollowUp, Notify
from policy_service.language.kinds.prohibitions import Deny, Require, Review
from policy_service.language.sums import Duration

for _module in sorted(module.name for module in iter_modules(__path__)):
    import_module(f"{__name__}.{_module}")

# Schema, documentation and API list the kinds as the language's description does: permissions first.
for _kind, _ in sorted(KINDS.items(), key=lambda item: ROLES.index(item[1].role)):
    KINDS[_kind] = KINDS.pop(_kind)

__all__ = [
    "KINDS",
    "Allow",
    "Clawback",
    "Compensate",
    "Deadline",
    "Deny",
    "Disposition",
    "Duration",
    "Effect",
    "ExchangeDifference",
    "Extend",
    "Fallback",
    "Fee",
    "FollowUp",
    "Gift",
    "Grant",
    "ImportDuties",
    "KindContext",
    "NoReason",
    "NotAfter",
    "Notify",
    "Permission",
    "Reading",
    "RefundDelivery",
    "RefundTo",
    "Require",
    "ReturnShipping",
    "Review",
    "StockAlert",
    "Waive",
    "Warranty",
    "Window",
]
