"""Forms about oneself."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shopdisputes.accounts.models import User


class AccountForm(forms.ModelForm):
    """How the product speaks to me and looks."""

    class Meta:
        model = User
        fields = ("name", "language", "theme")
        labels = {"name": _("Your name")}
        widgets = {"theme": forms.RadioSelect}
