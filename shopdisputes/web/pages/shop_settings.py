"""How the shop works: one page a section, for owners and managers, every change audited."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shopdisputes.accounts import shop_settings
from shopdisputes.actors import MANAGEMENT
from shopdisputes.errors import DomainError
from shopdisputes.jurisdictions import profiles
from shopdisputes.shops.models import Shop
from shopdisputes.signing import texts
from shopdisputes.signing.models import LegalText, TextCode
from shopdisputes.uploads import logos
from shopdisputes.web.contributions import Words
from shopdisputes.web.forms.shop_settings import (
    HoursForm,
    IdentityForm,
    LinksForm,
    LogoForm,
    RatesForm,
    ShopSection,
    SignaturesForm,
    TextForm,
)
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

#: What the texts' hashtags stand for in the preview.
_SAMPLE = {"amount": "223.08", "count": "3", "number": "EST-2026-0042", "revision": "1"}


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def identity(request: StaffRequest) -> HttpResponseBase:
    """Who the shop is, as it is printed on every document."""
    profile = profiles.load(request.shop.jurisdiction)
    return _section(
        request,
        IdentityForm,
        url_name="settings",
        section="identity",
        title=_("Identity"),
        intro=_("This is printed on every estimate, mail and page that customers see."),
        extra={"profile": profile, "missing": _missing(request.shop, profile.shop_fields)},
        template="settings/identity.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def rates(request: StaffRequest) -> HttpResponseBase:
    """What new lines of an estimate start with."""
    return _section(
        request,
        RatesForm,
        url_name="settings-rates",
        section="rates",
        title=_("Rates"),
        intro=_("New lines of an estimate start with these. Lines already written keep theirs."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def signatures(request: StaffRequest) -> HttpResponseBase:
    """How strong a proof is asked for."""
    return _section(
        request,
        SignaturesForm,
        url_name="settings-signatures",
        section="signatures",
        title=_("Signatures"),
        intro=_(
            "What a customer is asked for when authorizing by link. Whoever cannot draw may"
            " always type the name; the certificate then says so."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def links(request: StaffRequest) -> HttpResponseBase:
    """How long links and offers live."""
    return _section(
        request,
        LinksForm,
        url_name="settings-links",
        section="links",
        title=_("Links and deadlines"),
        intro=_("These hold for what is sent from now on."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def hours(request: StaffRequest) -> HttpResponseBase:
    """When automated mail may leave."""
    return _section(
        request,
        HoursForm,
        url_name="settings-hours",
        section="hours",
        title=_("Send hours"),
        intro=_(
            "Reminders leave only then. What somebody sends by hand, and answers to customers,"
            " leave at once."
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def logo(request: StaffRequest) -> HttpResponseBase:
    """The picture at the head of pages and documents."""
    posted = request.method == "POST"
    form = LogoForm(request.POST, request.FILES) if posted else LogoForm()
    context = {"form": form, "logo": logos.logo_of(request.shop)}
    if not posted:
        return render(request, "settings/logo.html", context)
    if not form.is_valid():
        return refused(request, "settings/logo.html", context)
    try:
        logos.set_logo(
            shop=request.shop,
            upload=form.cleaned_data["file"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, "settings/logo.html", context, error)
    messages.success(request, _("The new logo is in use."))
    return see_other("settings-logo")


@require_POST
@staff(*MANAGEMENT)
def logo_remove(request: StaffRequest) -> HttpResponseBase:
    """Go back to the shop's name in letters."""
    logos.remove_logo(shop=request.shop, by=request.actor, at=timezone.now())
    messages.success(request, _("The logo is removed."))
    return see_other("settings-logo")


@dataclass(frozen=True)
class TextRow:
    """One text and its version in force in each language."""

    code: str
    label: Words
    versions: list[tuple[str, LegalText | None]]


@require_safe
@staff(*MANAGEMENT)
def text_list(request: StaffRequest) -> HttpResponseBase:
    """Every text with its version in force in every language."""
    current: dict[tuple[str, str], LegalText] = {}
    for text in LegalText.objects.for_shop(request.shop).order_by("version"):
        current[text.code, text.language] = text
    rows = [
        TextRow(
            code.value,
            code.label,
            [
                (language, current.get((code.value, language)))
                for language, _n in settings.LANGUAGES
            ],
        )
        for code in TextCode
    ]
    return render(request, "settings/texts.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*MANAGEMENT)
def text(request: StaffRequest, code: str, language: str) -> HttpResponseBase:
    """Read and rewrite one text; saving makes its next version."""
    if code not in TextCode.values or language not in dict(settings.LANGUAGES):
        raise Http404
    versions = list(
        LegalText.objects.for_shop(request.shop)
        .filter(code=code, language=language)
        .order_by("-version")
    )
    posted = request.method == "POST"
    form = TextForm(
        request.POST if posted else None,
        initial={"body": versions[0].body if versions else ""},
    )
    context = {
        "form": form,
        "code": TextCode(code),
        "text_language": language,
        "versions": versions,
        "hashtags": sorted(texts.HASHTAGS),
        "preview": _preview(request.shop, form["body"].value() or "", language=language),
    }
    if not posted or "preview" in request.POST:
        return render(request, "settings/text.html", context)
    if not form.is_valid():
        return refused(request, "settings/text.html", context)
    try:
        changed = texts.change(
            shop=request.shop,
            code=code,
            language=language,
            body=form.cleaned_data["body"],
            by=request.actor,
            at=timezone.now(),
        )
    except DomainError as error:
        return refused(request, "settings/text.html", context, error)
    messages.success(request, _("Version %(version)d is in force.") % {"version": changed.version})
    return see_other("settings-text", code=code, language=language)


def _preview(shop: Shop, body: str, *, language: str) -> str:
    with override(language):
        return texts.render(LegalText(body=body), shop=shop.name, **_SAMPLE)


def _missing(shop: Shop, fields: Iterable[str]) -> list[Words]:
    return [
        Shop._meta.get_field(name).verbose_name  # type: ignore[union-attr]
        for name in fields
        if not getattr(shop, name)
    ]


def _section(
    request: StaffRequest,
    form_class: type[ShopSection],
    *,
    url_name: str,
    section: str,
    title: str,
    intro: str,
    template: str = "settings/section.html",
    extra: dict[str, Any] | None = None,
) -> HttpResponseBase:
    """Show and save one section; the sections differ in nothing but their form and words."""
    form = form_class(
        request.POST if request.method == "POST" else None,
        # The form writes into its instance while it checks; the page shows what is stored.
        instance=copy(request.shop),
    )
    context = {"form": form, "title": title, "intro": intro} | (extra or {})
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return refused(request, template, context)
    shop_settings.change(
        shop=request.shop,
        section=section,
        values=form.values(),
        by=request.actor,
        at=timezone.now(),
    )
    messages.success(request, _("Saved."))
    return see_other(url_name)
