"""The page of whoever is asked about a case: a mailbox is enough. Reading changes nothing."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disputes import covering
from disputes.models import DisputeCase
from disputes.public_forms import AnswerForm
from disputes.public_pages.resolver import address, resolver_page, visible_files
from disputes.public_views.sending import count_files, refused_with_files, too_late
from disputes.services import answers
from shopdisputes.errors import Conflict, DomainError
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.web import files
from shopdisputes.web.limits import LINK_FILES, LINK_UPLOADS
from shopdisputes.web.requests import CustomerRequest, customer
from shopdisputes.web.responses import refused, see_other

PAGE = "disputes/public/resolver.html"


@customer(LinkPurpose.RESOLVER)
@require_safe
def show(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Show what is asked."""
    return render(request, PAGE, _page(request, link))


@customer(LinkPurpose.RESOLVER, acts=LINK_UPLOADS)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Take an answer; the shop looks at it before it enters the case."""
    if request.method != "POST":
        return HttpResponseRedirect(address("page", link))
    form = AnswerForm(request.POST, files_sent=request.FILES.getlist("files"))
    if not form.is_valid():
        return refused(request, PAGE, _page(request, link, form=form), form)
    try:
        count_files(link, form.files_sent)
        answers.give(
            link=link,
            text=form.cleaned_data["text"],
            proposal=form.cleaned_data["proposal"],
            amount=form.cleaned_data["amount"],
            files=form.files_sent,
            by=request.actor,
            at=timezone.now(),
        )
    except Conflict as error:
        return too_late(request, PAGE, _page(request, link), error)
    except DomainError as error:
        return refused_with_files(request, PAGE, _page(request, link, form=form), error, form)
    return see_other(f"{address('page', link)}?thanks=1")


@customer(LinkPurpose.RESOLVER, reads=LINK_FILES)
@require_safe
def file(
    request: CustomerRequest, link: AccessLink, file_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a file that the page shows."""
    kept = get_object_or_404(visible_files(link, _case(link)), pk=file_id)
    return files.respond(request, kept.file, variant, for_customer=True, name=kept.sent_as)


@customer(LinkPurpose.RESOLVER, reads=LINK_FILES)
@require_safe
def photo(
    request: CustomerRequest, link: AccessLink, media_id: UUID, variant: str
) -> HttpResponseBase:
    """Give a photo of what is contested; another one of the same inspection does not open."""
    shown = {media.pk: media for media in covering.photos_of(_case(link))}
    if media_id not in shown:
        raise Http404
    media = shown[media_id]
    return files.respond(request, media.file, variant, for_customer=True, name=media.name)


@customer(LinkPurpose.RESOLVER)
@require_POST
def displayed(request: CustomerRequest, link: AccessLink) -> HttpResponse:
    """Note that a person saw the page: its script reports it after two seconds."""
    links.note_displayed(link=link, by=request.actor, at=timezone.now())
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _case(link: AccessLink) -> DisputeCase:
    return get_object_or_404(DisputeCase.objects.for_link(link).with_everything())


def _page(request: CustomerRequest, link: AccessLink, **forms: Any) -> dict[str, Any]:
    context = resolver_page(link, _case(link), at=timezone.now(), **forms)
    return context | {"thanks": "thanks" in request.GET}
