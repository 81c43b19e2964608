"""What the customer's pages about a stopped repair show, put together from rows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import translation

from invoices import explaining
from invoices.forms.choosing import StopSignForm
from invoices.models import StopWork
from invoices.services import choosing, signatures
from invoices.states import Safety, StopOption
from shopdisputes.documents.models import Document
from shopdisputes.documents.states import DocumentStatus
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from shopdisputes.signing import texts


def address(name: str, link: AccessLink, query: Mapping[str, str] | None = None) -> str:
    """Return the address of one of a link's pages, ``name`` without its common beginning."""
    url = reverse(f"public-stop-{name}" if name else "public-stop", args=[token_of(link)])
    return f"{url}?{urlencode(query)}" if query else url


def options_page(link: AccessLink, stop: StopWork) -> dict[str, Any]:
    """Return what the page shows on which the customer chooses."""
    return _frame(link, stop) | {
        "options": [
            each | {"url": address("sign", link, {"option": each["option"].value})}
            for each in explaining.options_of(stop)
        ],
    }


def signing_page(
    link: AccessLink, stop: StopWork, option: StopOption, form: StopSignForm
) -> dict[str, Any]:
    """Return what the page shows on which the exact sentence is read and signed."""
    language = translation.get_language()
    chosen = next(each for each in explaining.options_of(stop) if each["option"] == option)
    consent = signatures.consent_text(stop.shop, language=language)
    return _frame(link, stop) | {
        "form": form,
        "chosen": chosen,
        "sentence": choosing.sentence_for(stop, option=option, language=language).words,
        "consent_text": texts.render(consent, shop=stop.shop.name),
        "wants_drawing": True,
        "sign_url": address("sign", link, {"option": option.value}),
        "change_url": address("", link),
    }


def chosen_page(link: AccessLink, stop: StopWork) -> dict[str, Any]:
    """Return what the page shows once there is a choice, by whatever way it came."""
    chosen = next(
        (each for each in explaining.options_of(stop) if each["option"] == stop.option), None
    )
    return _frame(link, stop) | {
        "chosen": chosen,
        "signature": stop.signature,
        "copy": stop.signed_document,
        "copy_ready": is_ready(stop.signed_document),
        "copy_goes_to": stop.repair_order.customer.email if stop.signed_document else "",
    }


def closed_page(link: AccessLink, stop: StopWork) -> dict[str, Any]:
    """Return what the page shows when nothing is asked any more."""
    return _frame(link, stop)


def is_ready(document: Document | None) -> bool:
    """Say whether a PDF can be given out."""
    return document is not None and document.status == DocumentStatus.READY


def _frame(link: AccessLink, stop: StopWork) -> dict[str, Any]:
    order = stop.repair_order
    return {
        "link": link,
        "token": token_of(link),
        "stop": stop,
        "repair_order": order,
        "vehicle": order.vehicle,
        "shop": stop.shop,
        "currency": stop.shop.currency,
        "in_person": link.purpose == LinkPurpose.STOP_IN_PERSON,
        "unsafe": stop.safety != Safety.SAFE,
        "record_ready": is_ready(stop.document),
    }
