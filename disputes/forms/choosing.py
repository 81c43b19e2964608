"""Whom a case can be given to."""

from typing import Any

from django import forms

from shopdisputes.shops.models import Membership, Shop


class MemberField(forms.ModelChoiceField):
    """A member of the shop's team. Its value is the member; the service wants ``.user``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Membership.objects.none(), **kwargs)

    def offer(self, shop: Shop) -> None:
        """Offer who works in a shop now."""
        members = Membership.objects.for_shop(shop).filter(is_active=True)
        self.queryset = members.select_related("user").order_by("created_at")

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user)
