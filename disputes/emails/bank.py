"""Mails to the shop about what banks ask of it."""

from datetime import datetime

from django.utils import timezone

from disputes.emails.addressing import page_of
from disputes.models import ChargebackNotice
from shopdisputes.outbox import queueing
from shopdisputes.shops.models import Membership


def evidence_due(notice: ChargebackNotice, *, left: int, at: datetime) -> None:
    """Tell the shop, and whoever answers for the case, that evidence is due in ``left`` days."""
    chargeback = notice.chargeback
    shop = chargeback.shop
    readers = []
    if shop.email:
        readers.append(queueing.Recipient(email=shop.email, name=shop.name, language=shop.language))
    owner = chargeback.case.owner if chargeback.case else None
    # Who left this shop may still work in another one.
    works_here = Membership.objects.for_shop(shop).filter(
        user=owner, user__is_active=True, is_active=True
    )
    if owner is not None and owner.email != shop.email and works_here.exists():
        readers.append(
            queueing.Recipient(email=owner.email, name=str(owner), language=owner.language)
        )
    for reader in readers:
        with timezone.override(shop.zone):
            queueing.enqueue(
                shop=shop,
                kind="chargeback_due",
                key=f"chargeback_due:{notice.pk}:{reader.email}",
                to=reader,
                context={
                    "chargeback": chargeback,
                    "payment": chargeback.payment,
                    "customer": chargeback.payment.customer,
                    "case": chargeback.case,
                    "left": left,
                    "currency": chargeback.payment.currency,
                    "staff_page": page_of("chargeback", chargeback.number),
                },
                target_id=chargeback.pk,
                at=at,
            )
