"""Audit events as sentences, in the language of whoever reads the timeline."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache

from babel.dates import format_date
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shopdisputes.audit.models import AuditEvent
from shopdisputes.money import format_money
from shopdisputes.web.contributions import Words, contributions

#: Sentences of the kernel's actions; ``%(name)s`` stands for the event's data.
KERNEL_SENTENCES: Mapping[str, Words] = {
    "customer.created": _("Customer recorded"),
    "customer.changed": _("Customer's details changed"),
    "vehicle.created": _("Vehicle recorded"),
    "vehicle.changed": _("Vehicle's details changed"),
    "repair_order.opened": _("Repair order opened"),
    "repair_order.changed": _("Repair order changed"),
    "repair_order.closed": _("Repair order closed"),
    "repair_order.cancelled": _("Repair order cancelled"),
    "repair_order.reopened": _("Repair order opened again"),
    "link.given": _("Personal link made for %(recipient)s"),
    "link.revoked": _("Personal link of %(recipient)s withdrawn"),
    "link.displayed": _("Page opened by %(recipient)s"),
    "link.renewed": _("Fresh link asked for by %(recipient)s"),
    "email.settled": _("E-mail in doubt counts as sent"),
    "email.settled_unsent": _("E-mail in doubt did not arrive: it is sent again"),
    "email.sent_again": _("E-mail sent again"),
    "email.bounced": _("E-mail came back"),
    "document.sealed": _("PDF sealed"),
    "file.quarantined": _("File kept apart: %(name)s"),
    "shop.created": _("Shop opened"),
    "shop.changed": _("Shop settings changed"),
    "text.changed": _("Wording of a text changed"),
    "member.added": _("Member of staff added: %(email)s"),
    "member.changed": _("Member of staff changed: %(email)s"),
    "token.created": _("API token created"),
    "token.revoked": _("API token revoked"),
}

#: Data that are days, beside all whose name ends with "_on".
_DAYS = frozenset({"check_until", "customer_until", "grace_until"})
#: Data that are amounts in the shop's currency, beside all whose name ends with "total".
_AMOUNTS = frozenset({"amount", "paid"})


@cache
def _sentences() -> Mapping[str, Words]:
    known = dict(KERNEL_SENTENCES)
    for part in contributions():
        known.update(part.sentences)
    return known


def sentence(event: AuditEvent) -> str:
    """Return what happened, in words; an action without a sentence is named as it is stored."""
    words = _sentences().get(event.action)
    if words is None:
        return event.action.replace(".", ": ").replace("_", " ")
    facts = {name: _in_words(name, value, event) for name, value in event.data.items()}
    return str(words) % defaultdict(str, facts)


def _in_words(name: str, value: object, event: AuditEvent) -> str:
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        return str(value)
    language = get_language() or event.shop.language
    if name.endswith("_on") or name in _DAYS:
        return str(format_date(date.fromisoformat(value), "medium", locale=language))
    if name.endswith("total") or name in _AMOUNTS:
        return format_money(Decimal(value), currency=event.shop.currency, language=language)
    return str(value)
