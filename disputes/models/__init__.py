"""Cases, offers, reworks and chargebacks."""

from disputes.models.cases import (
    CaseFile,
    CaseMessage,
    CaseQuerySet,
    DisputeCase,
    DisputeReason,
    FollowUp,
    ResolverAnswer,
)
from disputes.models.chargebacks import Chargeback, ChargebackNotice, ChargebackPart
from disputes.models.items import DisputeItem, ItemQuerySet
from disputes.models.offers import Offer
from disputes.models.reworks import ReworkFile, ReworkQuerySet, ReworkRequest

__all__ = [
    "CaseFile",
    "CaseMessage",
    "CaseQuerySet",
    "Chargeback",
    "ChargebackNotice",
    "ChargebackPart",
    "DisputeCase",
    "DisputeItem",
    "DisputeReason",
    "FollowUp",
    "ItemQuerySet",
    "Offer",
    "ResolverAnswer",
    "ReworkFile",
    "ReworkQuerySet",
    "ReworkRequest",
]
