"""Statements of open items and payment plans."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from invoices.certificate import Signed
from invoices.documents import making
from invoices.models import PaymentPlan
from invoices.statements import Statement
from shopdisputes.audit.models import AuditEvent
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.signing.models import Signature


def statement(customer: Customer, statement: Statement, *, at: datetime) -> Document:
    """Queue a customer's open items as they are in ``statement``, in the customer's language."""
    with making.worded(customer.language, customer.shop):
        title = _("Statement of open items")
    return making.enqueue(
        shop=customer.shop,
        kind=DocumentKind.STATEMENT,
        template="statement.html",
        title=title,
        filename=f"statement-{statement.on.isoformat()}",
        language=customer.language,
        context={
            "statement": statement,
            "ageing": [(bucket.label, amount) for bucket, amount in statement.ageing.items()],
            **making.account_of(customer.shop),
        },
        target_id=customer.pk,
        customer=customer,
        at=at,
    )


def payment_plan(plan: PaymentPlan, *, at: datetime) -> Document:
    """Queue a plan as it is offered, or agreed without an electronic signature."""
    with making.worded(plan.invoice.language, plan.shop):
        title = _("Payment plan %(number)s") % {"number": plan.number}
    return making.enqueue(
        template="payment_plan.html",
        title=title,
        filename=plan.number,
        context=_terms(plan),
        at=at,
        **_common(plan),
    )


def signed_payment_plan(
    plan: PaymentPlan, *, signature: Signature, event: AuditEvent, at: datetime
) -> Document:
    """Queue the sealed copy of a plan that the customer signed, with the certificate.

    ``event`` is the act of signing in the audit trail.
    """
    with making.worded(plan.invoice.language, plan.shop):
        name = _("Payment plan %(number)s") % {"number": plan.number}
        signed = Signed(
            document=name,
            repair_order=plan.invoice.repair_order,
            targets=[plan.pk, plan.invoice_id],
        )
        context = _terms(plan) | making.signed_part(signature, signed=signed, event=event)
        title = _("%(document)s, signed") % {"document": name}
    return making.enqueue(
        template="payment_plan.html",
        title=title,
        filename=f"{plan.number}-signed",
        context=context,
        seal=True,
        at=at,
        **_common(plan),
    )


def _common(plan: PaymentPlan) -> dict[str, Any]:
    return {
        "shop": plan.shop,
        "kind": DocumentKind.PAYMENT_PLAN,
        "language": plan.invoice.language,
        "target_id": plan.pk,
        "customer": plan.invoice.customer,
        "repair_order": plan.invoice.repair_order,
        "number": plan.number,
        "sha256": plan.sha256,
        "facts": plan.canonical_json,
    }


def _terms(plan: PaymentPlan) -> dict[str, Any]:
    return {
        "plan": plan,
        "invoice": plan.invoice,
        "currency": plan.invoice.currency,
        "instalments": list(plan.instalments.order_by("position")),
        "reference": making.in_groups(plan.invoice.reference),
        **making.account_of(plan.shop),
    }
