"""A page for each act of the desk: its form, what becomes of it, and the way back."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise as LazyText

from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest
from shopdisputes.web.responses import refused, see_other

PAGE_OR_FORM = ["GET", "HEAD", "POST"]

Words = str | LazyText


def ask(
    request: StaffRequest,
    template: str,
    about: Mapping[str, Any],
    form: Form,
    act: Callable[[], object],
    *,
    back: tuple[str, str],
    verb: Words,
    help_text: Words,
    done: Words | Callable[[], Words],
    button: Words = "",
    tone: str = "primary",
) -> HttpResponseBase:
    """Show a form on a page of its own; take it, and lead to the route and number of ``back``.

    ``about`` is what the template says besides the form. What the act refuses stands at its field,
    with everything that was typed; what ``done`` says may depend on what the act did.
    """
    context = {
        **about,
        "form": form,
        "verb": verb,
        "help": help_text,
        "button": button or verb,
        "tone": tone,
    }
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return refused(request, template, context, form)
    try:
        act()
    except DomainError as error:
        return refused(request, template, context, error)
    messages.success(request, str(done() if callable(done) else done))
    return see_other(*back)
