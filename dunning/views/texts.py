"""The settings' pages about the words of reminders."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dunning import hashtags, previewing
from dunning.forms.texts import PreviewForm, ReminderTextForm
from dunning.models import ReminderText
from dunning.ready_made import WORDINGS
from dunning.services import texts
from dunning.states import Template
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

PAGE = "dunning/settings/text.html"


@require_safe
@staff(*MANAGEMENT)
def text_list(request: StaffRequest) -> HttpResponse:
    """Show every text with its version in force in every language."""
    current = {
        (text.template, text.language): text
        for text in ReminderText.objects.for_shop(request.shop).in_force()
    }
    rows = [
        (
            template,
            [(language, current.get((template, language))) for language, _n in settings.LANGUAGES],
        )
        for template in Template
    ]
    return render(request, "dunning/settings/texts.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def text(request: StaffRequest, template: str, language: str) -> HttpResponseBase:
    """Read and rewrite one text, seeing it as a customer would; saving makes its next version."""
    if template not in Template.values or language not in dict(settings.LANGUAGES):
        raise Http404
    posted = request.method == "POST"
    versions = list(
        ReminderText.objects.for_shop(request.shop)
        .filter(template=template, language=language)
        .order_by("-version")
    )
    action = request.POST.get("do", "save")
    form = _form(request, template, language, action, versions)
    context = _context(request, template, language, form, versions)
    if not posted or action != "save":
        return render(request, PAGE, context)
    if not form.is_valid():
        return refused(request, PAGE, context, form)
    try:
        changed = texts.change(
            shop=request.shop,
            template=template,
            language=language,
            subject=form.cleaned_data["subject"],
            body=form.cleaned_data["body"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, PAGE, context, error)
    messages.success(request, _("Version %(version)d is in force.") % {"version": changed.version})
    return see_other("reminder-text", template=template, language=language)


def _form(
    request: StaffRequest, template: str, language: str, action: str, versions: list[ReminderText]
) -> ReminderTextForm:
    """Return the form as it was typed, or with the ready-made words, or with those in force."""
    if action == "ready-made":
        made = WORDINGS[language][Template(template)]
        return ReminderTextForm(initial={"subject": made.subject, "body": made.body})
    if action == "preview":
        typed = {name: request.POST.get(name, "") for name in ReminderTextForm.base_fields}
        return ReminderTextForm(initial=typed)
    if request.method == "POST":
        return ReminderTextForm(request.POST)
    newest = versions[0] if versions else None
    return ReminderTextForm(
        initial={"subject": newest.subject, "body": newest.body} if newest else None
    )


def _context(
    request: StaffRequest,
    template: str,
    language: str,
    form: ReminderTextForm,
    versions: list[ReminderText],
) -> dict[str, Any]:
    choice = PreviewForm(
        initial={"customer": request.POST.get("customer", "")},
        customers=previewing.customers(request.shop),
    )
    subject, body = str(form["subject"].value() or ""), str(form["body"].value() or "")
    body = body.replace("\r\n", "\n")
    return {
        "form": form,
        "choice": choice,
        "template": Template(template),
        "text_language": language,
        "versions": versions,
        "hashtags": [
            (f"#{tag}", meaning, tag in hashtags.BLOCKS)
            for tag, meaning in hashtags.known(template).items()
        ],
        "problems": hashtags.check(template=template, subject=subject, body=body),
        "preview": previewing.shown(
            shop=request.shop,
            template=template,
            language=language,
            subject=subject,
            body=body,
            customer=choice.chosen,
            at=timezone.now(),
        ),
    }
