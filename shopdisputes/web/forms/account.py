"""Forms about oneself."""

from django import forms

from shopdisputes.accounts.models import User


class AccountForm(forms.ModelForm):
    """How the product speaks to me and looks."""

    class Meta:
        model = User
        fields = ("name", "language", "theme")
        widgets = {"theme": forms.RadioSelect}
