"""Forms about who works in a shop."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shopdisputes.actors import Actor, Role
from shopdisputes.shops.models import Membership


def roles_for(actor: Actor) -> list[tuple[str, Any]]:
    """Return the roles that ``actor`` may give: only an owner makes owners."""
    return [
        (role.value, role.label)
        for role in Membership.ROLES
        if role != Role.OWNER or actor.role == Role.OWNER
    ]


class MemberForm(forms.Form):
    """Somebody who starts to work here."""

    email = forms.EmailField(
        label=_("E-mail"), help_text=_("Who already logs in elsewhere keeps their password.")
    )
    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"))
    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only for somebody new. Tell it to them in person; they can change it."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = roles_for(actor)
        self.initial.setdefault("role", Role.ADVISOR)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role = self.fields["role"]
        assert isinstance(role, forms.ChoiceField)
        role.choices = roles_for(actor)


class TokenForm(forms.Form):
    """A token for another program."""

    label = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("For example: accounting.")
    )
