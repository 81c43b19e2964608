"""What an invoice's page shows of holds, promises, payment plans and what customers say."""

from typing import Any

from django.db.models import Prefetch

from invoices.collecting import Standing
from invoices.models import Claim, ClaimFile, Invoice, PaymentPlan, Promise
from invoices.states import InvoiceStatus, PlanStatus, PromiseStatus
from shopdisputes.web import files


def shown(invoice: Invoice, standing: Standing, *, may_write: bool) -> dict[str, Any]:
    """Return the context of ``invoices/_agreements.html``; seven queries at most."""
    shop = invoice.shop
    proofs = ClaimFile.objects.for_shop(shop).select_related("file__intake").order_by("added_at")
    claims = list(
        Claim.objects.for_shop(shop)
        .filter(invoice=invoice)
        .prefetch_related(Prefetch("files", queryset=proofs, to_attr="proofs"))
        .order_by("-made_at", "pk")
    )
    plans = list(
        PaymentPlan.objects.for_shop(shop)
        .filter(invoice=invoice)
        .select_related("signature")
        .prefetch_related("instalments")
        .order_by("-created_at", "pk")
    )
    promises = list(
        Promise.objects.for_shop(shop).filter(invoice=invoice).order_by("-made_at", "pk")
    )
    free = invoice.status == InvoiceStatus.ISSUED and standing.figures.collectible > 0
    return {
        "holds": standing.holds,
        "promises": promises,
        "plans": plans,
        "claims": [
            (claim, [(proof, files.staff_urls(proof.file)) for proof in claim.proofs])
            for claim in claims
        ],
        "may_write": may_write,
        "may_hold": may_write and free,
        "may_promise": may_write
        and free
        and not any(each.status == PromiseStatus.OPEN for each in promises),
        "may_plan": may_write
        and free
        and not any(each.status in (PlanStatus.OFFERED, PlanStatus.ACTIVE) for each in plans),
    }
