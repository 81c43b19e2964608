"""Filters of a list that somebody keeps under a name. They are his own: no trail tells of them."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from shopdisputes.accounts.models import SavedView, User
from shopdisputes.errors import Conflict, Refused
from shopdisputes.shops.models import Shop

#: More of one list are no help in finding one's way.
MOST_VIEWS = 30
LONGEST_NAME = 60
LONGEST_QUERY = 1000


class ViewRefused(Refused):
    """There is no name, or nothing to keep under it."""

    code = "view-refused"
    default_message = _("A view needs a name, and a filter or a search that it keeps.")


class TooManyViews(Conflict):
    """One has to go before another one is kept."""

    code = "too-many-views"
    default_message = _("You keep 30 views of this list already. Delete one first.")


@transaction.atomic
def save(*, shop: Shop, user: User, page: str, name: str, query: str, at: datetime) -> SavedView:
    """Keep a list's filters under a name; the same name again keeps the new ones instead.

    ``page`` is the list's route, ``query`` what stands in its address after the question mark.

    Raises:
        ViewRefused: at ``name`` (none, or over 60 characters) or ``query`` (none, or too long).
        TooManyViews: there are 30 of this list.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise ViewRefused(fields={"name": _("Write a name of at most 60 characters.")})
    if not query or len(query) > LONGEST_QUERY:
        raise ViewRefused(fields={"query": _("Choose a filter or search for something first.")})
    own = SavedView.objects.for_shop(shop).of(user, page=page)
    if not own.filter(name=name).exists() and own.count() >= MOST_VIEWS:
        raise TooManyViews
    saved, _created = SavedView.objects.update_or_create(
        shop=shop,
        user=user,
        page=page,
        name=name,
        defaults={"query": query},
        create_defaults={"query": query, "created_at": at},
    )
    return saved


@transaction.atomic
def delete(*, view: SavedView) -> None:
    """Keep these filters no longer."""
    SavedView.objects.filter(pk=view.pk).delete()
