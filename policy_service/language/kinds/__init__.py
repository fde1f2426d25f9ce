"""The kinds of clause: one class each, which knows its YAML shape, its documentation and its defaults.

A class in any module of this package is found by itself: adding a kind touches one file and its tests.
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
