"""What a fresh link opens for who comes back with an old one."""

from invoices.models import Invoice, PaymentPlan
from shopdisputes.links.models import AccessLink
from shopdisputes.web.contributions import Renewal


def invoice(link: AccessLink) -> Renewal | None:
    """Return the same invoice, whatever became of it: what is owed is always shown."""
    found = Invoice.objects.for_link(link).select_related("customer").first()
    return None if found is None else Renewal(target_id=found.pk, customer=found.customer)


def plan(link: AccessLink) -> Renewal | None:
    """Return the same plan, whatever became of it."""
    found = PaymentPlan.objects.for_link(link).select_related("invoice__customer").first()
    return None if found is None else Renewal(target_id=found.pk, customer=found.invoice.customer)
