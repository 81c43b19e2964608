"""Offers on a case's page: made, accepted for either side, refused, taken back."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from disputes.forms.offering import AcceptedForm, OfferForm, RefusedForm
from disputes.models import DisputeCase, Offer, ResolverAnswer
from disputes.services import agreeing, ending_offers, offer_terms, offering
from disputes.services.resolving import open_items
from disputes.states import OFFER_TRANSITIONS, AnswerStatus, OfferKind, OfferSide, OfferStatus
from disputes.views.act_pages import PAGE_OR_FORM
from disputes.views.acts import ask
from disputes.views.lookups import case_of, offer_of, sent
from shopdisputes.actors import DESK, Role
from shopdisputes.dates import local_day
from shopdisputes.errors import DomainError
from shopdisputes.links.tokens import token_of
from shopdisputes.money import ZERO
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other


@dataclass(frozen=True, kw_only=True)
class Row:
    """An offer, and what somebody may do with it."""

    offer: Offer
    acts: frozenset[str]


def rows(case: DisputeCase, *, role: Role) -> list[Row]:
    """Return the offers of a case, the newest first, for somebody with ``role``."""
    found = (
        Offer.objects.for_shop(case.shop)
        .filter(case=case)
        .select_related("shop", "document", "signature", "plan__invoice")
        .prefetch_related("credit_notes", "refunds__payment")
        .order_by("-position")
    )
    return [Row(offer=offer, acts=_acts(offer, role=role)) for offer in found]


def _acts(offer: Offer, *, role: Role) -> frozenset[str]:
    """Name what may be done: each side accepts and refuses the other's, takes back its own."""
    may = set(OFFER_TRANSITIONS.actions(state=offer.status, role=role))
    if offer.side == OfferSide.CUSTOMER:
        return frozenset(may & {"accept", "refuse", "counter"})
    names = {"accept": "record", "refuse": "refuse", "take_back": "take_back"}
    return frozenset(names[name] for name in may & set(names))


def _proposed(case: DisputeCase, *, most: Decimal) -> Decimal | None:
    """Return what the resolver last proposed to give, where staff took it over."""
    taken = ResolverAnswer.objects.for_shop(case.shop).filter(
        case=case, status=AnswerStatus.TAKEN, proposed_amount__range=(0, most)
    )
    return taken.order_by("-given_at").values_list("proposed_amount", flat=True).first()


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def new(request: StaffRequest, number: str) -> HttpResponseBase:
    """Propose how the case is settled; the customer is mailed it."""
    case = case_of(request, number)
    at = timezone.now()
    today = local_day(at, zone=request.shop.zone)
    standing = offering.open_of(case)
    items = open_items(case)
    invoices = {item.invoice_id: item.invoice for item in items}
    one = next(iter(invoices.values())) if len(invoices) == 1 else None
    most = offering.most_to_offer(case)
    form = OfferForm(
        sent(request),
        most=most,
        in_parts=offer_terms.free_without(case, one, at=at) if one else ZERO,
        today=today,
        currency=request.shop.currency,
        language=get_language() or request.shop.language,
        initial={
            "kind": OfferKind.CREDIT,
            "amount": _proposed(case, most=most[OfferKind.CREDIT]),
            "expires_on": today + timedelta(days=offer_terms.DAYS_OPEN),
            "first_on": today + timedelta(days=offer_terms.DAYS_OPEN + 1),
        },
    )

    def act() -> None:
        try:
            offering.make(case=case, **form.facts(), by=request.actor, at=at)
        except DomainError as error:
            error.fields = form.renamed(error.fields)
            raise

    countered = standing if standing and standing.side == OfferSide.CUSTOMER else None
    return ask(
        request,
        case,
        form,
        act,
        verb=_("Answer with another offer") if countered else _("Make an offer"),
        help_text=_(
            "What is contested stays held back until the customer has signed. Then the offer is"
            " carried out at once, and the case is closed with it."
        ),
        done=_("The offer is made.")
        if case.customer.email
        else _("The offer is made. There is no address to mail it to: let it be signed here."),
        button=_("Make the offer"),
        more={"quoted": _quoted(countered)} if countered else None,
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def accept(request: StaffRequest, number: str, position: int) -> HttpResponseBase:
    """Accept the customer's offer; it is carried out at once."""
    case = case_of(request, number)
    offer = offer_of(request, case, position)
    return ask(
        request,
        case,
        Form(sent(request)),
        lambda: _tell(request, agreeing.accept(offer=offer, by=request.actor, at=timezone.now())),
        verb=_("Accept the offer"),
        help_text=_(
            "It is carried out at once, and the case is closed with it. The customer gets the"
            " agreement by mail."
        ),
        done=_("It is accepted. What came of it stands beside the offer."),
        more={"quoted": _quoted(offer)},
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def record(request: StaffRequest, number: str, position: int) -> HttpResponseBase:
    """Note that the customer accepted on paper or orally; it is carried out at once."""
    case = case_of(request, number)
    offer = offer_of(request, case, position)
    form = AcceptedForm(sent(request))
    return ask(
        request,
        case,
        form,
        lambda: _tell(
            request,
            agreeing.record(
                offer=offer, how=form.cleaned_data["how"], by=request.actor, at=timezone.now()
            ),
        ),
        verb=_("The customer accepts"),
        help_text=_(
            "Only when there is no signature on the page. The offer is carried out at once, and"
            " the customer gets the agreement by mail."
        ),
        done=_("It is accepted. What came of it stands beside the offer."),
        more={"quoted": _quoted(offer)},
    )


@require_http_methods(PAGE_OR_FORM)
@staff(*DESK)
def refuse(request: StaffRequest, number: str, position: int) -> HttpResponseBase:
    """Say no to the customer's offer, or note that he said no to ours."""
    case = case_of(request, number)
    offer = offer_of(request, case, position)
    theirs = offer.side == OfferSide.CUSTOMER
    form = RefusedForm(sent(request))
    return ask(
        request,
        case,
        form,
        lambda: ending_offers.refuse(
            offer=offer, answer=form.cleaned_data["answer"], by=request.actor, at=timezone.now()
        ),
        verb=_("Refuse the offer") if theirs else _("The customer refuses"),
        help_text=_("The customer is mailed it with your words. The case stays open.")
        if theirs
        else _("Note what he said. The case stays open."),
        done=_("The offer is refused."),
        more={"quoted": _quoted(offer)},
    )


@require_POST
@staff(*DESK)
def take_back(request: StaffRequest, number: str, position: int) -> HttpResponseBase:
    """Take back the shop's offer; the customer is mailed it."""
    case = case_of(request, number)
    ending_offers.take_back(
        offer=offer_of(request, case, position), by=request.actor, at=timezone.now()
    )
    messages.success(request, str(_("The offer is taken back.")))
    return see_other("dispute", case.number)


@require_POST
@staff(*DESK)
def tablet(request: StaffRequest, number: str, position: int) -> HttpResponseBase:
    """Open the offer on this device, to be handed to the customer for an hour."""
    case = case_of(request, number)
    offer = offer_of(request, case, position)
    link = agreeing.open_in_person(offer=offer, by=request.actor, at=timezone.now())
    return see_other("public-dispute-offer", token_of(link), offer.position)


def _tell(request: StaffRequest, offer: Offer) -> None:
    """Say at once when what was agreed could not be carried out."""
    if offer.status == OfferStatus.FAILED:
        words = _("It could not be carried out, and nothing of it was done: %(why)s")
        messages.error(request, str(words) % {"why": offer.failure})


def _quoted(offer: Offer) -> dict[str, Any]:
    """Return an offer as the page of an act quotes it."""
    return {
        "given_by": offer.made_by,
        "given_at": offer.made_at,
        "text": offer.text,
        "proposal": offer.in_words,
    }
