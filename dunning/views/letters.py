"""Letters: to make, to print, to post."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from dunning import facts
from dunning.documents import bundling, enclosing
from dunning.eligibility import because, judge
from dunning.forms.posting import PostedForm
from dunning.models import Reminder
from dunning.services import posting
from dunning.services.approving import Result
from dunning.states import Channel
from invoices.views.lookups import today
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.documents.models import Document, DocumentKind
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.money import ZERO
from shopdisputes.uploads.models import FileKind
from shopdisputes.web.pages.documents import PDF_POLICY
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import csv_response, refused, see_other

PAGE = "dunning/letters.html"
#: So many stand on the page; the next ones come up when these are posted.
MOST_SHOWN = 200
#: The browser asks again so often while letters are being made.
_LOOK_AGAIN_SECONDS = 5
#: More refusals would not be read.
_MOST_TOLD = 5


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter that is made and not posted, with the reminders in it."""

    document: Document
    customer: Customer
    reminders: Sequence[Reminder]
    #: What is owed is not what the letter says any more.
    outdated: bool
    #: The copies in its envelope.
    enclosures: Sequence[Document] = ()

    @property
    def amount(self) -> Decimal:
        """What it asks for."""
        return sum((each.amount for each in self.reminders), ZERO)

    @property
    def is_ready(self) -> bool:
        """Whether its PDF is typeset, and those of its enclosures."""
        return all(each.status == DocumentStatus.READY for each in self.papers)

    @property
    def papers(self) -> list[Document]:
        """Everything that goes into its envelope, in its order."""
        return [self.document, *self.enclosures]


@require_safe
@staff(*DESK)
def letter_list(request: StaffRequest) -> HttpResponse:
    """Show which letters are to be made, printed and posted."""
    at = timezone.now()
    return render(request, PAGE, _context(request, at))


@require_POST
@staff(*DESK)
def make(request: StaffRequest) -> HttpResponseBase:
    """Make the letters that are ticked, and the sheet of their addresses."""
    at = timezone.now()
    reminders = _ticked(request)
    if not reminders:
        return _nothing_ticked(request)
    results = posting.make_letters(reminders=reminders, by=request.actor, at=at)
    made = sum(each.refused is None for each in results)
    if made:
        posting.make_sheet(shop=request.shop, at=at)
        messages.success(
            request,
            ngettext(
                "%(count)s reminder is put on paper. The letters are ready within moments.",
                "%(count)s reminders are put on paper. The letters are ready within moments.",
                made,
            )
            % {"count": made},
        )
    _tell_refused(request, results)
    return see_other("letter-list")


@require_POST
@staff(*DESK)
def take_back(request: StaffRequest) -> HttpResponseBase:
    """Take letters back that are ticked and not posted."""
    at = timezone.now()
    reminders = _ticked(request)
    if not reminders:
        return _nothing_ticked(request)
    taken = posting.take_back(reminders=reminders, by=request.actor, at=at)
    if taken:
        posting.make_sheet(shop=request.shop, at=at)
        messages.success(request, _("Taken back. These reminders wait for a letter again."))
    return see_other("letter-list")


@require_POST
@staff(*DESK)
def posted(request: StaffRequest) -> HttpResponseBase:
    """Note that letters were posted."""
    at = timezone.now()
    reminders = _ticked(request)
    form = PostedForm(request.POST)
    if not reminders:
        form.add_error(None, _("Tick at least one."))
    if not form.is_valid():
        return refused(request, PAGE, _context(request, at) | {"form": form}, form)
    results = posting.mark_posted(reminders=reminders, **form.cleaned_data, by=request.actor, at=at)
    done = {each.reminder.document_id for each in results if each.refused is None}
    wrong_day = next(
        (each.refused for each in results if isinstance(each.refused, posting.PostedDayRefused)),
        None,
    )
    if wrong_day is not None and not done:
        return refused(request, PAGE, _context(request, at) | {"form": form}, wrong_day)
    if done:
        messages.success(
            request,
            ngettext(
                "%(count)s letter counts as posted.",
                "%(count)s letters count as posted.",
                len(done),
            )
            % {"count": len(done)},
        )
    _tell_refused(request, results)
    return see_other("letter-list")


@require_safe
@staff(*DESK)
def pdf(request: StaffRequest) -> HttpResponseBase:
    """Give out all letters that are ready, with their enclosures, as one file.

    The sheet of their addresses comes first.
    """
    made = _made(request, timezone.now())
    found = [paper for letter in made if letter.is_ready for paper in letter.papers]
    if not found:
        return see_other("letter-list")
    sheet = _sheet(request)
    if sheet is not None and sheet.status == DocumentStatus.READY:
        found.insert(0, sheet)
    return HttpResponse(
        bundling.bundle(found),
        content_type=FileKind.PDF.value,
        headers={
            "Content-Disposition": f'inline; filename="letters-{timezone.localdate()}.pdf"',
            "Content-Security-Policy": PDF_POLICY,
            "X-Content-Type-Options": "nosniff",
        },
    )


@require_safe
@staff(*DESK)
def addresses(request: StaffRequest) -> HttpResponseBase:
    """Give out the addresses of the letters that are made, for labels or a post service."""
    return csv_response(
        "letters.csv",
        [
            *(_("Name"), _("Street and number"), _("Address, second line"), _("Postal code")),
            *(_("City"), _("Country"), _("Letter"), _("Invoices"), _("Amount"), _("Currency")),
        ],
        _addresses(_made(request, timezone.now()), currency=request.shop.currency),
    )


def _addresses(letters: Sequence[Letter], *, currency: str) -> Iterator[Sequence[Any]]:
    for letter in letters:
        to = letter.customer
        yield [
            *(to.name, to.line1, to.line2, to.postal_code, to.city, to.country),
            letter.document.get_kind_display(),
            ", ".join(each.invoice.number for each in letter.reminders),
            *(letter.amount, currency),
        ]


def _context(request: StaffRequest, at: datetime) -> dict[str, Any]:
    letters = _made(request, at)
    to_make = list(
        posting.waiting(request.shop)
        .filter(document=None)
        .select_related("invoice", "customer", "step")
        .defer("invoice__canonical_json")
        .order_by("planned_on", "id")[: MOST_SHOWN + 1]
    )
    sheet = _sheet(request)
    making = sum(not letter.is_ready for letter in letters)
    return {
        "to_make": [
            (reminder, reason)
            for reminder, reason in _with_reasons(request, to_make[:MOST_SHOWN], at)
        ],
        "more": len(to_make) > MOST_SHOWN,
        "letters": letters,
        "making": making,
        "ready": len(letters) - making,
        "sheet": sheet if letters else None,
        "form": PostedForm(initial={"posted_on": today(request, at)}),
        "ticked": request.POST.getlist("letter"),
        "today": today(request, at),
        "seconds": _LOOK_AGAIN_SECONDS,
    }


def _with_reasons(
    request: StaffRequest, reminders: Sequence[Reminder], at: datetime
) -> Iterator[tuple[Reminder, str]]:
    """Yield reminders with what speaks against a letter now, in words; nothing: it may be made."""
    cases = facts.of([each.invoice_id for each in reminders], at=at)
    day = today(request, at)
    for reminder in reminders:
        case = cases.get(reminder.invoice_id)
        verdict = judge(case.facts, Channel.LETTER, today=day, gap=False) if case else None
        yield reminder, because(verdict) if verdict else ""


def _made(request: StaffRequest, at: datetime) -> list[Letter]:
    """Return the letters that are made and not posted, by the names of their payers."""
    reminders = list(
        posting.waiting(request.shop)
        .filter(document__isnull=False)
        .select_related("invoice", "customer", "step", "document")
        .defer("invoice__canonical_json", "document__html", "document__attachment")
        .order_by("customer__name", "document", "invoice__due_on")[: MOST_SHOWN * 5]
    )
    cases = facts.of([each.invoice_id for each in reminders], at=at)
    found: dict[UUID, list[Reminder]] = {}
    for reminder in reminders:
        assert reminder.document_id is not None
        found.setdefault(reminder.document_id, []).append(reminder)
    enclosures = _enclosures(request, found.values())
    return [
        Letter(
            document=together[0].document,
            customer=together[0].customer,
            reminders=together,
            outdated=any(
                each.invoice_id not in cases
                or cases[each.invoice_id].facts.collectible != each.amount
                for each in together
            ),
            enclosures=enclosures.get(document, ()),
        )
        for document, together in found.items()
        if together[0].document is not None
    ]


def _enclosures(
    request: StaffRequest, letters: Collection[Sequence[Reminder]]
) -> dict[UUID, list[Document]]:
    """Return the copies in the envelopes of letters, by the letters: formal demands have some.

    What came after a letter was made lies in none.
    """
    formal = [
        (together, letter)
        for together in letters
        if (letter := together[0].document) and letter.kind == DocumentKind.FORMAL_DEMAND
    ]
    invoices = [each.invoice for together, _letter in formal for each in together]
    found = enclosing.of(shop=request.shop, invoices=invoices) if invoices else {}
    return {
        letter.pk: list(
            # Two bills of one visit share its authorization.
            dict.fromkeys(
                copy
                for each in together
                for copy in found[each.invoice_id]
                if copy.created_at <= letter.created_at
            )
        )
        for together, letter in formal
    }


def _sheet(request: StaffRequest) -> Document | None:
    return (
        Document.objects.for_shop(request.shop)
        .filter(kind=DocumentKind.ADDRESS_SHEET, target_id=request.shop.pk)
        .defer("html", "attachment")
        .order_by("-created_at")
        .first()
    )


def _nothing_ticked(request: StaffRequest) -> HttpResponseBase:
    messages.error(request, _("Tick at least one."))
    return see_other("letter-list")


def _ticked(request: StaffRequest) -> list[Reminder]:
    """Return the reminders that are ticked, by their own keys or by those of their letters.

    What was posted meanwhile is among them, and refused by name; only what is no letter of this
    shop at all is 404.
    """
    own = [key for text in request.POST.getlist("reminder") if (key := object_id(text))]
    letters = [key for text in request.POST.getlist("letter") if (key := object_id(text))]
    found = list(
        Reminder.objects.for_shop(request.shop)
        .filter(Q(pk__in=own) | Q(document__in=letters), channel=Channel.LETTER)
        .select_related("shop", "step", "customer", "invoice")
        .order_by("planned_on", "id")
    )
    if (own or letters) and not found:
        raise Http404
    return found


def _tell_refused(request: StaffRequest, results: Sequence[Result]) -> None:
    told = [each for each in results if each.refused is not None]
    for each in told[:_MOST_TOLD]:
        assert each.refused is not None
        messages.error(request, f"{each.reminder.invoice.number}: {each.refused.message}")
    if len(told) > _MOST_TOLD:
        messages.error(
            request,
            ngettext("And %(count)s more.", "And %(count)s more.", len(told) - _MOST_TOLD)
            % {"count": len(told) - _MOST_TOLD},
        )
