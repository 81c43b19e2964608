"""The words in which a resolver is asked: a text with hashtags that staff may change."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disputes.emails.addressing import contested_in
from disputes.models import DisputeCase, FollowUp
from disputes.states import FollowUpStatus
from shopdisputes import hashtags
from shopdisputes.dates import format_day
from shopdisputes.money import ZERO, format_money

LONGEST_SUBJECT = 150
LONGEST_BODY = 4000
#: Alone on its line: it becomes the button to the resolver's page.
LINK = "resolver_link"

#: What may stand in the text, and what each stands for.
HASHTAGS: Mapping[str, str | Promise] = {
    "items_list_selected": gettext_lazy("What is contested, one a line, with amounts"),
    "customer_name": gettext_lazy("The customer's name"),
    "case_number": gettext_lazy("The number of the dispute"),
    LINK: gettext_lazy("The link to the page where the resolver answers"),
    "comment": gettext_lazy("What the customer says"),
    "reason": gettext_lazy("The reason of the dispute"),
    "amount": gettext_lazy("How much is contested, with the currency"),
    "vehicle": gettext_lazy("The vehicle, when it is about one only"),
    "resolver_name": gettext_lazy("The resolver's name"),
    "follow_up_on": gettext_lazy("The day on which you look at it again"),
    "shop_name": gettext_lazy("The shop's name"),
}
_KNOWN = frozenset(HASHTAGS)


@dataclass(frozen=True)
class Letter:
    """A subject and a text, with hashtags or filled."""

    subject: str
    body: str


def proposed(case: DisputeCase) -> Letter:
    """Return the product's words for a case, in the shop's language, with hashtags."""
    with translation.override(case.shop.language):
        greeting = _("Hello #resolver_name,") if case.resolver_name else _("Hello,")
        parts = [
            greeting,
            _("#customer_name contests the following (#case_number, #reason):"),
            "#items_list_selected",
            _("In the customer's words:"),
            "#comment",
            _("Please tell us by #follow_up_on what you know, and what you would offer:"),
            f"#{LINK}",
            _("Thank you") + "\n#shop_name",
        ]
        return Letter(_("Dispute #case_number: #customer_name, #amount"), "\n\n".join(parts))


def check(*, subject: str, body: str) -> dict[str, str]:
    """Return what is wrong with a text, by field; nothing when all is well."""
    problems = {}
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        problems["subject"] = _("Write a subject of at most 150 characters.")
    elif LINK in hashtags.tags_in(subject) or "\n" in subject or "\r" in subject:
        problems["subject"] = _("A subject is one line, without the link.")
    elif unknown := _unknown(subject):
        problems["subject"] = unknown
    if not body.strip() or len(body) > LONGEST_BODY:
        problems["body"] = _("Write a text of at most 4,000 characters.")
    elif unknown := _unknown(body):
        problems["body"] = unknown
    elif f"#{LINK}" not in {line.strip() for line in body.splitlines()}:
        problems["body"] = _("Keep #resolver_link on a line of its own: it is the way to answer.")
    return problems


def filled(case: DisputeCase, letter: Letter, *, link: str) -> Letter:
    """Return the text as the resolver reads it; ``link`` stands where the link is."""
    values = _values(case) | {LINK: link}
    subject = hashtags.fill(letter.subject, values, known=_KNOWN)
    body = letter.body.replace("\r\n", "\n")
    return Letter(" ".join(subject.split()), hashtags.fill(body, values, known=_KNOWN))


def _values(case: DisputeCase) -> dict[str, str]:
    shop, language = case.shop, case.shop.language
    items = contested_in(case)
    currency = items[0].invoice.currency if items else shop.currency
    upcoming = (
        FollowUp.objects.filter(case=case, status=FollowUpStatus.OPEN).order_by("due_on").first()
    )
    lines = []
    for item in items:
        what = f" · {item.line.description}" if item.line else ""
        amount = format_money(item.amount, currency=currency, language=language)
        lines.append(f"- {item.invoice.number}{what}: {amount}")
    contested = sum((item.amount for item in items), ZERO)
    return {
        "items_list_selected": "\n".join(lines),
        "customer_name": case.customer.name,
        "case_number": case.number,
        "comment": case.comment,
        "reason": case.reason.name_in(language),
        "amount": format_money(contested, currency=currency, language=language),
        "vehicle": str(case.repair_order.vehicle) if case.repair_order else "",
        "resolver_name": case.resolver_name,
        "follow_up_on": format_day(upcoming.due_on, language=language) if upcoming else "",
        "shop_name": shop.name,
    }


def _unknown(text: str) -> str:
    unknown = [f"#{tag}" for tag in hashtags.tags_in(text) if tag not in _KNOWN]
    if not unknown:
        return ""
    return _("Not a hashtag of this text: %(tags)s. Known are %(known)s.") % {
        "tags": ", ".join(dict.fromkeys(unknown)),
        "known": ", ".join(f"#{tag}" for tag in HASHTAGS),
    }
