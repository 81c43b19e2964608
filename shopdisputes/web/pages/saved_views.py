"""Keeping a list's filters under a name, and letting them go."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shopdisputes.accounts import saved_views as keeping
from shopdisputes.accounts.models import SavedView
from shopdisputes.web import saved_views
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import see_other

#: What no list's address comes near.
_LONGEST_SENT = 4000


@require_POST
@staff()
def save(request: StaffRequest, page: str) -> HttpResponseBase:
    """Keep what is filtered now, and stay there."""
    if not saved_views.keeps_views(page):
        raise Http404
    sent = request.POST.get("query", "")[:_LONGEST_SENT]
    view = keeping.save(
        shop=request.shop,
        user=request.user,
        page=page,
        name=request.POST.get("name", "").replace("\x00", ""),
        query=saved_views.kept_part(QueryDict(sent)),
        at=timezone.now(),
    )
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return see_other(f"{reverse(page)}?{view.query}")


@require_POST
@staff()
def delete(request: StaffRequest, view_id: UUID) -> HttpResponseBase:
    """Let one of one's own views go."""
    own = SavedView.objects.for_shop(request.shop).filter(user=request.user)
    view = get_object_or_404(own, pk=view_id)
    keeping.delete(view=view)
    messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
    return see_other(view.page)
