"""Writing an invoice: drafted from what is authorized, looked through, changed, issued."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from estimates.forms.lines import HOURLY
from invoices import basis, billable, coverage
from invoices.forms.drafting import DraftForm, IssueForm
from invoices.forms.lines import InvoiceLineEditor
from invoices.models import Invoice, InvoiceLine
from invoices.services import drafting, issuing
from invoices.states import InvoiceKind, InvoiceStatus
from invoices.views import bases
from invoices.views.lookups import draft_of, repair_order_of, today
from shopdisputes.actors import DESK, MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

EDITOR = "invoices/draft.html"
ISSUE = "invoices/issue.html"
#: What is drafted from a repair order by a button; the others come from what they bill.
_KINDS = (InvoiceKind.FULL, InvoiceKind.PARTIAL_REPAIR)


@require_POST
@staff(*DESK)
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Draft an invoice of what is authorized and not billed yet; one that is there is opened."""
    order = repair_order_of(request, number)
    asked = request.POST.get("kind", "")
    kind = asked if asked in _KINDS else InvoiceKind.FULL
    try:
        invoice = drafting.draft(
            repair_order=order,
            kind=kind,
            due_on=None,
            by=request.actor,
            at=timezone.now(),
        )
    except drafting.DraftExists:
        written = Invoice.objects.for_shop(request.shop).get(
            repair_order=order, kind=kind, status=InvoiceStatus.DRAFT
        )
        return see_other("invoice-draft", written.pk)
    messages.success(
        request, _("Drafted from what was authorized. The customer has not seen it yet.")
    )
    return see_other("invoice-draft", invoice.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def draft(request: StaffRequest, draft_id: UUID) -> HttpResponseBase:
    """Look through a draft line by line, with what each rests on and what blocks it."""
    invoice = draft_of(request, draft_id)
    at = timezone.now()
    day = today(request, at)
    if request.method != "POST":
        form = DraftForm.showing(invoice, today=day)
        editor = InvoiceLineEditor.of(invoice.lines.in_order(), shop=request.shop)
        return render(request, EDITOR, _context(request, invoice, form, editor))
    return _take(request, invoice, DraftForm(request.POST, today=day), at)


@require_POST
@staff(*DESK)
def totals(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    """Reckon what stands in the editor; nothing is changed."""
    draft_of(request, draft_id)
    editor = InvoiceLineEditor.posted(request.POST, shop=request.shop)
    context = {"editor": editor, "sums": editor.sums(), "live": True}
    return render(request, f"{EDITOR}#totals", context)


@require_POST
@staff(*DESK)
def discard(request: StaffRequest, draft_id: UUID) -> HttpResponseBase:
    """Throw a draft away; what it would have billed can be drafted again."""
    invoice = draft_of(request, draft_id)
    drafting.discard(invoice=invoice, by=request.actor, at=timezone.now())
    messages.success(request, _("The draft was thrown away. Nothing was billed."))
    return see_other("repair-order", invoice.repair_order.number)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def issue(request: StaffRequest, draft_id: UUID) -> HttpResponseBase:
    """Say what issuing means, then issue."""
    invoice = draft_of(request, draft_id)
    at = timezone.now()
    asked: dict[str, Any] = {
        "today": today(request, at),
        "has_email": bool(invoice.customer.email),
    }
    if request.method != "POST":
        return render(request, ISSUE, _issue_context(invoice, IssueForm(**asked)))
    form = IssueForm(request.POST, **asked)
    if not form.is_valid():
        return refused(request, ISSUE, _issue_context(invoice, form), form)
    try:
        issued = issuing.issue(
            invoice=invoice,
            issued_on=form.cleaned_data["issued_on"],
            by_email=form.mails,
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        # What is missing stands at the lines, which this page lists.
        error.fields = {
            name: words for name, words in error.fields.items() if not name.startswith("lines")
        }
        return refused(request, ISSUE, _issue_context(invoice, form), error)
    messages.success(request, _words_after(issued))
    return see_other("invoice", issued.number)


def _take(
    request: StaffRequest, invoice: Invoice, form: DraftForm, at: datetime
) -> HttpResponseBase:
    """Do what the pressed button says: change the rows, or save."""
    action = request.POST.get("do", "save")
    if not action.startswith("save"):
        editor = InvoiceLineEditor.typed(request.POST, shop=request.shop)
        editor.perform(action)
        return render(request, EDITOR, _context(request, invoice, form.as_typed(), editor))
    editor = InvoiceLineEditor.posted(request.POST, shop=request.shop)
    checks = [form.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(request, invoice, form, editor), form)
    try:
        drafting.change(
            invoice=invoice,
            lines=editor.invoice_lines(_lines_of(invoice)),
            due_on=form.cleaned_data["due_on"],
            explanation=form.cleaned_data["explanation"],
            based_on=request.POST.get("based_on", ""),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        editor.take_errors(error)
        return refused(request, EDITOR, _context(request, invoice, form, editor), error)
    if action == "save-issue":
        return see_other("invoice-issue", invoice.pk)
    messages.success(request, _("The draft was saved. The customer has not seen it yet."))
    return see_other("invoice-draft", invoice.pk)


def _lines_of(invoice: Invoice) -> dict[UUID, InvoiceLine]:
    return {line.pk: line for line in invoice.lines.in_order()}


def _context(
    request: StaffRequest, invoice: Invoice, form: DraftForm, editor: InvoiceLineEditor
) -> dict[str, Any]:
    lines = _lines_of(invoice)
    found = coverage.check(invoice)
    editor.show_lines(
        lines,
        gaps=found.gaps,
        bases={pk: bases.shown(facts) for pk, facts in basis.of(invoice).items()},
    )
    return {
        "invoice": invoice,
        "state": drafting.state_of(invoice),
        "order": invoice.repair_order,
        "customer": invoice.customer,
        "form": form,
        "editor": editor,
        "problems": list(editor.problems()),
        "sums": editor.sums(),
        "hourly_kinds": " ".join(HOURLY),
        "may_override": request.actor.role in MANAGEMENT,
        **_cover(invoice, lines, found),
    }


def _issue_context(invoice: Invoice, form: IssueForm) -> dict[str, Any]:
    lines = _lines_of(invoice)
    return {
        "invoice": invoice,
        "order": invoice.repair_order,
        "customer": invoice.customer,
        "form": form,
        "lines": lines.values(),
        **_cover(invoice, lines, coverage.check(invoice)),
    }


def _cover(
    invoice: Invoice, lines: dict[UUID, InvoiceLine], found: coverage.Coverage
) -> dict[str, Any]:
    """Return what blocks the draft, and how far what is authorized covers it."""
    return {
        "blocking": [(line, bases.gaps_shown(found.gaps[line.pk])) for line in found.blocking],
        "overridden": [line for line in lines.values() if line.override_reason],
        "above_total": found.above_total,
        "authorized_total": billable.authorized_total(invoice.repair_order),
        "billed_total": billable.billed_total(invoice.repair_order),
        "taxes": invoice.taxes,
    }


def _words_after(invoice: Invoice) -> str:
    if invoice.sent_to:
        return _("Invoice %(number)s is issued. It goes to %(to)s within moments.") % {
            "number": invoice.number,
            "to": invoice.sent_to,
        }
    return _("Invoice %(number)s is issued. No mail was sent: print it or hand it over.") % {
        "number": invoice.number
    }
