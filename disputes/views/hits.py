"""What the search finds of disputes."""

from django.utils.translation import gettext_lazy as _

from disputes.models import Chargeback, DisputeCase, ReworkRequest
from shopdisputes.shops.models import Shop
from shopdisputes.web.addresses import Addresses
from shopdisputes.web.contributions import Hit

#: Results of a search; who has more narrows it down.
_MOST_HITS = 8


def search(shop: Shop, words: str) -> list[Hit]:
    """Find cases by number, customer, plate or invoice."""
    found = (
        DisputeCase.objects.for_shop(shop)
        .search(words)
        .select_related("customer", "reason")
        .order_by("-opened_at", "id")
    )
    wanted, addresses = words.strip().casefold(), Addresses("dispute")
    return [
        Hit(
            title=case.number,
            subtitle=f"{case.customer} · {case.reason}",
            url=addresses.of(case.number),
            kind=_("Dispute"),
            exact=case.number.casefold() == wanted,
        )
        for case in found[:_MOST_HITS]
    ]


def search_reworks(shop: Shop, words: str) -> list[Hit]:
    """Find reworks by number, invoice, customer or plate."""
    found = ReworkRequest.objects.for_shop(shop).search(words).with_everything()
    wanted, addresses = words.strip().casefold(), Addresses("rework")
    return [
        Hit(
            title=rework.number,
            subtitle=f"{rework.invoice.customer} · {rework.invoice.number}",
            url=addresses.of(rework.number),
            kind=_("Rework"),
            exact=rework.number.casefold() == wanted,
        )
        for rework in found.order_by("-asked_at", "id")[:_MOST_HITS]
    ]


def search_chargebacks(shop: Shop, words: str) -> list[Hit]:
    """Find chargebacks by number, bank's reference, payment or customer."""
    found = Chargeback.objects.for_shop(shop).search(words).with_everything()
    wanted, addresses = words.strip().casefold(), Addresses("chargeback")
    return [
        Hit(
            title=each.number,
            subtitle=f"{each.payment.customer} · {each.reference}",
            url=addresses.of(each.number),
            kind=_("Chargeback"),
            exact=wanted in (each.number.casefold(), each.reference.casefold()),
        )
        for each in found.order_by("-recorded_at", "id")[:_MOST_HITS]
    ]
