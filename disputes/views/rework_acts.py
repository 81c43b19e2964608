"""What the desk does about a rework, a page for each act that needs words."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.files import File
from django.forms import Form
from django.http import HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from disputes import reworkable
from disputes.forms.reworks import AcceptForm, AppointmentForm, AskForm, RefuseForm, WordsForm
from disputes.models import ReworkRequest
from disputes.services import asking_rework, deciding_rework, filing, rework_disputes, reworking
from disputes.services.filing import Kept
from disputes.views import act_pages
from disputes.views.act_pages import PAGE_OR_FORM, Words
from disputes.views.lookups import rework_of, sent
from invoices.views.lookups import invoice_of
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.repairorders.states import RepairOrderStatus
from shopdisputes.web.lists import is_comparable
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

ACT = "disputes/reworks/act.html"
NEW = "disputes/reworks/new.html"


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Write down what a customer wants done again; the invoice is named by ``?invoice=``."""
    number = request.GET.get("invoice", "")
    if not number or not is_comparable(number):
        return HttpResponseRedirect(reverse("rework-list"))
    invoice = invoice_of(request, number)
    lines = reworkable.lines_of(invoice)
    form = AskForm(sent(request), request.FILES or None, invoice=invoice, lines=lines)
    context = {"invoice": invoice, "customer": invoice.customer, "form": form, "lines": lines}
    if request.method != "POST":
        return render(request, NEW, context)
    if not form.is_valid():
        return refused(request, NEW, context, form)
    at = timezone.now()
    try:
        made = asking_rework.ask(
            invoice=invoice,
            lines=form.chosen,
            description=form.cleaned_data["description"],
            files=_kept(request, form.cleaned_data["files"], at=at),
            by=request.actor,
            at=at,
        )
    except DomainError as error:
        return refused(request, NEW, context, error)
    messages.success(request, _("It is noted as %(number)s.") % {"number": made.number})
    return see_other("rework", made.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def accept(request: StaffRequest, number: str) -> HttpResponseBase:
    """Do it again for nothing."""
    rework = rework_of(request, number)
    form = AcceptForm(sent(request))
    return _ask(
        request,
        rework,
        form,
        lambda at: deciding_rework.accept(
            rework=rework, **form.cleaned_data, by=request.actor, at=at
        ),
        verb=_("Do it again"),
        help_text=_(
            "A repair order is opened that costs the customer nothing. The amount stays held back"
            " until the customer has checked the work."
        ),
        done=_("It is done again. The customer is told."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def appointment(request: StaffRequest, number: str) -> HttpResponseBase:
    """Set the day on which the vehicle comes, or another one."""
    rework = rework_of(request, number)
    form = AppointmentForm(
        sent(request),
        initial={"appointment_on": rework.appointment_on, "note": rework.appointment_note},
    )
    return _ask(
        request,
        rework,
        form,
        lambda at: deciding_rework.appoint(
            rework=rework, **form.cleaned_data, by=request.actor, at=at
        ),
        verb=_("Set the day"),
        help_text=_("The customer is told the day by e-mail."),
        done=_("The day is set. The customer is told."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def refuse(request: StaffRequest, number: str) -> HttpResponseBase:
    """Say why it is not done again for nothing."""
    rework = rework_of(request, number)
    form = RefuseForm(sent(request), request.FILES or None)

    def act(at: datetime) -> object:
        given = form.cleaned_data
        return deciding_rework.refuse(
            rework=rework,
            reason=given["reason"],
            explanation=given["explanation"],
            files=_kept(request, given["files"], at=at),
            by=request.actor,
            at=at,
        )

    return _ask(
        request,
        rework,
        form,
        act,
        verb=_("Refuse"),
        help_text=_(
            "The customer has seven days to open a dispute. Until then the amount stays held back;"
            " silence closes the request without prejudice."
        ),
        done=_("It is refused. The customer is told, and has seven days to answer."),
        tone="danger",
    )


@require_POST
@staff(*DESK)
def begin(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the vehicle is here."""
    begun = reworking.begin(rework=rework_of(request, number), by=request.actor, at=timezone.now())
    messages.success(request, _("It is being done again."))
    return see_other("rework", begun.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def deliver(request: StaffRequest, number: str) -> HttpResponseBase:
    """Say what was done."""
    rework = rework_of(request, number)
    form = WordsForm(
        sent(request),
        name="note",
        label=_("What was found and done"),
        help_text=_("The customer reads it."),
    )
    return _ask(
        request,
        rework,
        form,
        lambda at: reworking.deliver(rework=rework, **form.cleaned_data, by=request.actor, at=at),
        verb=_("It is done"),
        help_text=_("The customer has seven days to check it. Until then the amount stays held."),
        done=_("It is done again. The customer is asked to check it."),
    )


@require_POST
@staff(*DESK)
def confirm(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the customer found it in order."""
    rework = rework_of(request, number)
    reworking.confirm(rework=rework, by=request.actor, at=timezone.now())
    messages.success(request, _("It is closed. The amount can be asked for again."))
    return see_other("rework", rework.number)


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def complain(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note what the customer says is still not right."""
    rework = rework_of(request, number)
    form = WordsForm(
        sent(request),
        name="text",
        label=_("What is still not right"),
        help_text=_("In the customer's own words, as completely as you can."),
    )
    return _ask(
        request,
        rework,
        form,
        lambda at: reworking.complain(rework=rework, **form.cleaned_data, by=request.actor, at=at),
        verb=_("Still not right"),
        help_text=_("It is to be answered within two business days. The amount stays held back."),
        done=_("It is noted."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def dispute(request: StaffRequest, number: str) -> HttpResponseBase:
    """Make a case of it."""
    rework = rework_of(request, number)
    form = WordsForm(sent(request), name="text", label=_("What the customer adds"), required=False)
    return _ask(
        request,
        rework,
        form,
        lambda at: rework_disputes.dispute(
            rework=rework, **form.cleaned_data, by=request.actor, at=at
        ),
        verb=_("Make a dispute of it"),
        help_text=_(
            "The lines are contested from now on. What is held back stays held back, for the case."
        ),
        done=lambda: _with_open_visit(request, number, _("It is a dispute now.")),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def close(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that the customer leaves it as it is."""
    rework = rework_of(request, number)
    form = _how_known(request)
    return _ask(
        request,
        rework,
        form,
        lambda at: reworking.close(rework=rework, **form.cleaned_data, by=request.actor, at=at),
        verb=_("The customer leaves it as it is"),
        help_text=_(
            "The amount can be asked for again at once, at the step where it stood. The customer"
            " keeps all legal rights."
        ),
        done=_("It is closed as it is, without prejudice."),
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def call_off(request: StaffRequest, number: str) -> HttpResponseBase:
    """Note that nothing more is done about it."""
    rework = rework_of(request, number)
    form = WordsForm(
        sent(request), name="note", label=_("Why"), help_text=_("The customer reads it.")
    )
    return _ask(
        request,
        rework,
        form,
        lambda at: reworking.call_off(rework=rework, **form.cleaned_data, by=request.actor, at=at),
        verb=_("Call it off"),
        help_text=_(
            "The amount can be asked for again at once, at the step where it stood. A repair order"
            " that was opened for it is cancelled, unless something was done on it already."
        ),
        done=lambda: _with_open_visit(request, number, _("It is called off.")),
        tone="danger",
    )


@require_POST
@staff(*DESK)
def supplement(request: StaffRequest, number: str) -> HttpResponseBase:
    """Draft the estimate of what is not free, and go there."""
    drafted = reworking.offer_supplement(
        rework=rework_of(request, number), by=request.actor, at=timezone.now()
    )
    return see_other("estimate", drafted.number)


def _with_open_visit(request: StaffRequest, number: str, words: Words) -> str:
    """Add to what was done that the visit stays open, where it does: a person ends it."""
    visit = rework_of(request, number).repair_order
    if visit is None or visit.status != RepairOrderStatus.OPEN:
        return str(words)
    stays = gettext(
        "Repair order %(number)s stays open, as it is still needed: close or cancel it on its own"
        " page."
    ) % {"number": visit.number}
    return f"{words} {stays}"


def _how_known(request: StaffRequest) -> WordsForm:
    return WordsForm(
        sent(request),
        name="note",
        label=_("How you know"),
        help_text=_("Who said it, when, and how: on the phone, at the desk, by letter."),
    )


def _kept(request: StaffRequest, files: Sequence[File], *, at: datetime) -> list[Kept]:
    return filing.keep(shop=request.shop, files=files, by=request.actor, at=at)


def _ask(
    request: StaffRequest,
    rework: ReworkRequest,
    form: Form,
    act: Callable[[datetime], object],
    **words: Any,
) -> HttpResponseBase:
    return act_pages.ask(
        request,
        ACT,
        {"rework": rework},
        form,
        lambda: act(timezone.now()),
        back=("rework", rework.number),
        **words,
    )
