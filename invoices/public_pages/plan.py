"""What the customer's page about a payment plan shows."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import translation

from invoices import collecting
from invoices.documents import making
from invoices.models import PaymentPlan
from invoices.public_forms import DeclineForm, SignForm
from invoices.public_pages.invoice import frame, is_ready, signing
from invoices.services import plans
from invoices.states import InvoiceStatus, PlanStatus
from shopdisputes.dates import local_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of


def address(name: str, link: AccessLink) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    return reverse(f"public-plan-{name}" if name else "public-plan", args=[token_of(link)])


def plan_page(
    link: AccessLink,
    plan: PaymentPlan,
    *,
    at: datetime,
    form: SignForm | None = None,
) -> dict[str, Any]:
    """Return what the page shows: the parts, and the signature while one is waited for."""
    today = local_day(at, zone=plan.shop.zone)
    in_time = plan.status == PlanStatus.OFFERED and today <= plan.answer_by
    invoice = plan.invoice
    return (
        frame(link, invoice)
        | signing(plan.shop, form or SignForm())
        | making.account_of(plan.shop)
        | {
            "plan": plan,
            "parts": list(plan.instalments.order_by("position")),
            "today": today,
            "in_person": link.purpose == LinkPurpose.PLAN_IN_PERSON,
            "signable": in_time and invoice.status == InvoiceStatus.ISSUED,
            "too_late": plan.status == PlanStatus.OFFERED and not in_time,
            "sentence": plans.sentence_for(plan, language=translation.get_language()).words,
            "decline_form": DeclineForm(),
            "figures": collecting.standing(invoice, at=at).figures,
            "reference": making.in_groups(invoice.reference),
            "pdf_ready": is_ready(plan.document),
        }
    )
