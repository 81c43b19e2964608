"""Bank statements: bringing them in, and deciding line by line what the money is for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from invoices.bank_files import guessing
from invoices.bank_files.lines import LARGEST_FILE, FileTooLarge, MappingNeeded
from invoices.forms.banking import BookingForm, ColumnsForm, StatementForm, packed, spread, unpacked
from invoices.matching import Suggestion
from invoices.models import BankImport, BankTransaction, Invoice, settings_of
from invoices.services import banking, recognizing
from invoices.services.banking import AlreadyImported
from invoices.states import TransactionStatus
from shopdisputes.actors import DESK
from shopdisputes.customers.models import Customer
from shopdisputes.errors import DomainError, Unavailable
from shopdisputes.money import ZERO
from shopdisputes.web.lists import Chip, Keyset, Sort, chosen, query_with, words_of
from shopdisputes.web.requests import StaffRequest, object_id, staff
from shopdisputes.web.responses import refused, see_other

LIST = "invoices/bank_imports.html"
NEW = "invoices/bank_new.html"
COLUMNS = "invoices/bank_columns.html"
REVIEW = "invoices/bank_import.html"
EXACT = "invoices/bank_exact.html"
LINE = "invoices/bank_line.html"
#: Lines on a page of a statement; each asks for a decision.
_LINES = 25
#: Looked through at once for exact references.
_MOST_EXACT = 500
_MOST_FOUND = 8
_MOST_INVOICES = 50

SHOWN = [
    (TransactionStatus.NEW.value, TransactionStatus.NEW.label),
    (TransactionStatus.BOOKED.value, TransactionStatus.BOOKED.label),
    (TransactionStatus.IGNORED.value, TransactionStatus.IGNORED.label),
    ("all", gettext_lazy("All")),
]
_BY_DAY = {"day": Sort(gettext_lazy("By day"), ("booked_on", "id"))}
_NEWEST = {"newest": Sort(gettext_lazy("Newest first"), ("-imported_at", "id"))}


@dataclass(frozen=True, kw_only=True)
class LineShown:
    """A line with what it is likely for, the likeliest first."""

    line: BankTransaction
    suggestions: Sequence[Suggestion]
    #: What other statements have of the same day and amount.
    doubles: Sequence[BankTransaction]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far the decisions about a statement's lines are."""

    total: int
    decided: int

    @property
    def left(self) -> int:
        """How many lines wait."""
        return self.total - self.decided


@require_safe
@staff(*DESK)
def import_list(request: StaffRequest) -> HttpResponse:
    """Show the statements that were brought in, the newest first."""
    found = BankImport.objects.for_shop(request.shop).annotate(
        waiting=Count("transactions", filter=Q(transactions__status=TransactionStatus.NEW))
    )
    return render(request, LIST, {"page": Keyset(request, found, sorts=_NEWEST)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Bring a file in; of a table whose columns are not certain, ask what they mean."""
    if request.method != "POST":
        return render(request, NEW, {"form": StatementForm()})
    if "content" in request.POST:
        return _take_with_columns(request, timezone.now())
    form = StatementForm(request.POST, request.FILES)
    if not form.is_valid():
        return refused(request, NEW, {"form": form}, form)
    upload = form.cleaned_data["file"]
    try:
        content = _content_of(upload)
        try:
            return _taken(request, upload.name, content, None, timezone.now())
        except MappingNeeded:
            return _ask_columns(request, upload.name, content)
    except DomainError as error:
        return refused(request, NEW, {"form": form, "earlier": _earlier_of(error)}, error)


@require_safe
@staff(*DESK)
def review(request: StaffRequest, import_id: UUID) -> HttpResponse:
    """Show a statement's lines, each with what it is likely for."""
    at = timezone.now()
    statement = _statement_of(request, import_id)
    lines = BankTransaction.objects.for_shop(request.shop).filter(statement=statement)
    sums = lines.aggregate(total=Count("pk"), left=Count("pk", filter=Q(status="new")))
    progress = Progress(total=sums["total"], decided=sums["total"] - sums["left"])
    shown = chosen(request, "show", SHOWN) or TransactionStatus.NEW.value
    narrowed = lines if shown == "all" else lines.filter(status=shown)
    page = Keyset(request, narrowed.select_related("payment__customer"), sorts=_BY_DAY, size=_LINES)
    waiting = _waiting(request, statement)
    undecided = [each for each in page.rows if each.status == TransactionStatus.NEW]
    found = recognizing.suggestions([*waiting, *undecided], shop=request.shop, at=at)
    doubles = recognizing.doubles([*waiting, *undecided], shop=request.shop)
    return render(
        request,
        REVIEW,
        {
            "statement": statement,
            "page": page,
            "lines": [
                LineShown(
                    line=line,
                    suggestions=found.get(line.pk, ()),
                    doubles=doubles.get(line.pk, ()),
                )
                for line in page.rows
            ],
            "progress": progress,
            "exact_count": len(recognizing.exact(waiting, found, doubles)),
            "shown": shown,
            "chips": _chips(request, shown),
            "other_account": _other_account(request, statement),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def exact(request: StaffRequest, import_id: UUID) -> HttpResponseBase:
    """List the lines with an exact reference and amount; then book those that are ticked."""
    at = timezone.now()
    statement = _statement_of(request, import_id)
    if request.method == "POST":
        keys = [key for text in request.POST.getlist("line") if (key := object_id(text))]
        booked = banking.book_exact(statement=statement, lines=keys, by=request.actor, at=at)
        messages.success(
            request,
            ngettext(
                "%(count)s transfer was booked.", "%(count)s transfers were booked.", len(booked)
            )
            % {"count": len(booked)},
        )
        return see_other("bank-import", statement.pk)
    waiting = _waiting(request, statement)
    found = recognizing.certain(waiting, shop=request.shop, at=at)
    return render(
        request,
        EXACT,
        {
            "statement": statement,
            "found": found,
            "sum": sum((line.amount for line, _suggestion in found), ZERO),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def line(request: StaffRequest, line_id: UUID) -> HttpResponseBase:
    """Choose whose money a line is and what it pays; then book it."""
    found = get_object_or_404(
        BankTransaction.objects.for_shop(request.shop).select_related("shop", "statement"),
        pk=line_id,
    )
    if request.method != "POST":
        if found.status != TransactionStatus.NEW:
            return see_other("bank-import", found.statement_id)
        return render(request, LINE, _line_context(request, found))
    customer = _customer_of(request, request.POST.get("customer", ""))
    if customer is None:
        context = _line_context(request, found)
        context |= {"error_message": _("Choose whose money this is.")}
        return render(request, LINE, context, status=422)
    invoices = _open_of(request, customer)
    form = BookingForm(invoices, request.POST)
    context = _line_context(request, found, customer=customer, form=form)
    if not form.is_valid():
        return refused(request, LINE, context, form)
    try:
        payment = banking.book(
            transaction=found,
            customer=customer,
            allocations=form.allocations(),
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, LINE, context, error)
    messages.success(
        request,
        _("Booked as payment %(number)s of %(name)s.")
        % {"number": payment.number, "name": customer.name},
    )
    return see_other("bank-import", found.statement_id)


@require_POST
@staff(*DESK)
def ignore(request: StaffRequest, line_id: UUID) -> HttpResponseBase:
    """Set a line aside."""
    found = get_object_or_404(BankTransaction.objects.for_shop(request.shop), pk=line_id)
    banking.ignore(transaction=found, by=request.actor, at=timezone.now())
    messages.success(request, _("The line was set aside."))
    return see_other("bank-import", found.statement_id)


@require_POST
@staff(*DESK)
def reopen(request: StaffRequest, line_id: UUID) -> HttpResponseBase:
    """Take a decision about a line back."""
    found = get_object_or_404(BankTransaction.objects.for_shop(request.shop), pk=line_id)
    banking.reopen(transaction=found, by=request.actor, at=timezone.now())
    messages.success(request, _("The line waits to be decided again."))
    return see_other("bank-import", found.statement_id)


def _content_of(upload: Any) -> bytes:
    """Return the bytes of a file that came, as far as it is no larger than what is read."""
    if upload.size > LARGEST_FILE:
        raise FileTooLarge
    if upload.problem:
        raise Unavailable
    content: bytes = upload.read()
    return content


def _taken(
    request: StaffRequest,
    filename: str,
    content: bytes,
    mapping: guessing.Mapping | None,
    at: datetime,
) -> HttpResponseBase:
    statement = banking.take(
        shop=request.shop,
        filename=filename,
        content=content,
        mapping=mapping,
        by=request.actor,
        at=at,
    )
    messages.success(
        request,
        ngettext(
            "%(count)s incoming payment was taken in.",
            "%(count)s incoming payments were taken in.",
            statement.taken,
        )
        % {"count": statement.taken},
    )
    return see_other("bank-import", statement.pk)


def _ask_columns(request: StaffRequest, filename: str, content: bytes) -> HttpResponse:
    guess = _guess(request, content)
    kept = {"content": packed(content), "filename": filename[:200]}
    return render(request, COLUMNS, _columns_context(ColumnsForm(guess, initial=kept)))


def _take_with_columns(request: StaffRequest, at: datetime) -> HttpResponseBase:
    try:
        content = unpacked(request.POST["content"])
        form = ColumnsForm(_guess(request, content), request.POST)
    except DomainError as error:
        return refused(request, NEW, {"form": StatementForm()}, error)
    context = _columns_context(form)
    if not form.is_valid():
        return refused(request, COLUMNS, context, form)
    try:
        return _taken(request, form.cleaned_data["filename"], content, form.mapping(), at)
    except DomainError as error:
        return refused(request, COLUMNS, context | {"earlier": _earlier_of(error)}, error)


def _guess(request: StaffRequest, content: bytes) -> guessing.Guess:
    return guessing.guess(content, month_first=request.shop.country == "US")


def _columns_context(form: ColumnsForm) -> dict[str, Any]:
    return {"form": form, "names": form.guess.names, "sample": form.guess.sample}


def _earlier_of(error: DomainError) -> str:
    """Return the address of the import that brought the same file in, if that is what is wrong."""
    if not isinstance(error, AlreadyImported):
        return ""
    return reverse("bank-import", args=[error.details["id"]])


def _statement_of(request: StaffRequest, import_id: UUID) -> BankImport:
    return get_object_or_404(
        BankImport.objects.for_shop(request.shop).select_related("shop"), pk=import_id
    )


def _waiting(request: StaffRequest, statement: BankImport) -> list[BankTransaction]:
    return list(
        BankTransaction.objects.for_shop(request.shop)
        .undecided()
        .filter(statement=statement)
        .order_by("booked_on", "id")[:_MOST_EXACT]
    )


def _chips(request: StaffRequest, shown: str) -> list[Chip]:
    """Return the filters; without one in the address the undecided lines are shown."""
    return [Chip(label, query_with(request, show=value), value == shown) for value, label in SHOWN]


def _other_account(request: StaffRequest, statement: BankImport) -> bool:
    """Say whether the statement is of another account than the one on the shop's invoices."""
    iban = "".join(settings_of(request.shop).iban.split()).upper()
    return bool(iban and statement.account and statement.account != iban)


def _customer_of(request: StaffRequest, text: str) -> Customer | None:
    key = object_id(text)
    if key is None:
        return None
    return Customer.objects.for_shop(request.shop).filter(pk=key).select_related("shop").first()


def _open_of(request: StaffRequest, customer: Customer) -> list[Invoice]:
    return list(
        Invoice.objects.for_shop(request.shop)
        .open_items()
        .filter(customer=customer)
        .select_related("repair_order__vehicle")
        .order_by("due_on", "id")[:_MOST_INVOICES]
    )


def _line_context(
    request: StaffRequest,
    found: BankTransaction,
    *,
    customer: Customer | None = None,
    form: BookingForm | None = None,
) -> dict[str, Any]:
    customer = customer or _customer_of(request, request.GET.get("customer", ""))
    words = words_of(request)
    context: dict[str, Any] = {
        "line": found,
        "doubles": recognizing.doubles([found], shop=request.shop).get(found.pk, ()),
        "customer": customer,
        "words": words,
        "customers": [],
        "invoices": [],
    }
    if customer is not None:
        if form is None:
            invoices = _open_of(request, customer)
            first = object_id(request.GET.get("invoice", ""))
            # The one that was chosen is paid first, then the oldest.
            order = sorted(invoices, key=lambda each: each.pk != first)
            form = BookingForm(invoices, proposed=spread(found.amount, order))
        context |= {
            "form": form,
            "rows": [(invoice, form[key]) for key, invoice in form.invoices.items()],
        }
    elif words:
        context |= {
            "customers": Customer.objects.for_shop(request.shop)
            .search(words, shop=request.shop)
            .order_by("name", "id")[:_MOST_FOUND],
            "invoices": Invoice.objects.for_shop(request.shop)
            .open_items()
            .search(words)
            .select_related("customer", "repair_order__vehicle")
            .order_by("due_on", "id")[:_MOST_FOUND],
        }
    return context
