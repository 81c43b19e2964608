"""What dialogs ask, asked again on a page of its own when the answer was not complete."""

from django.http import HttpResponse

from estimates.forms.drafting import CopyForm, ReasonForm
from estimates.models import Estimate
from shopdisputes.web.requests import StaffRequest
from shopdisputes.web.responses import refused


def refuse_verb(
    request: StaffRequest, form: ReasonForm | CopyForm, estimate: Estimate, verb: str
) -> HttpResponse:
    """Show the form of a dialog with its errors; posting it again goes to the same address."""
    context = {"form": form, "verb": verb, "estimate": estimate}
    return refused(request, "estimates/verb.html", context, form)
