"""The words of reminders: versioned, never overwritten, their hashtags checked."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from dunning import hashtags
from dunning.models import ReminderText
from dunning.ready_made import WORDINGS
from shopdisputes.actors import MANAGEMENT, SYSTEM, Actor
from shopdisputes.audit import services as audit
from shopdisputes.canonical import sha256_hex
from shopdisputes.errors import Refused
from shopdisputes.shops.models import Shop
from shopdisputes.transitions import NotYourTransition


class ReminderTextRefused(Refused):
    """The text is empty or too long, or a hashtag in it stands for nothing there."""

    code = "reminder-text-refused"
    default_message = _("The text cannot be used like this.")


@transaction.atomic
def install(*, shop: Shop, at: datetime) -> None:
    """Give a shop the ready-made texts in every language; those it has are left as they are."""
    there = set(ReminderText.objects.for_shop(shop).values_list("template", "language").distinct())
    ReminderText.objects.bulk_create(
        ReminderText(
            shop=shop,
            template=template,
            language=language,
            version=1,
            subject=wording.subject,
            body=wording.body,
            created_at=at,
            created_by=SYSTEM.name,
        )
        for language, _name in settings.LANGUAGES
        for template, wording in WORDINGS[language].items()
        if (template, language) not in there
    )


@transaction.atomic
def change(
    *,
    shop: Shop,
    template: str,
    language: str,
    subject: str,
    body: str,
    by: Actor,
    at: datetime,
) -> ReminderText:
    """Put new words in force; the same words again change nothing.

    Mails that are not worded yet take the new words, those that left keep what they said.

    Raises:
        NotYourTransition: ``by`` is not of the management.
        ReminderTextRefused: see ``hashtags.check``; ``fields`` say where and what.
    """
    if by.role not in MANAGEMENT:
        raise NotYourTransition
    subject, body = subject.strip(), body.replace("\r\n", "\n").strip()
    if problems := hashtags.check(template=template, subject=subject, body=body):
        raise ReminderTextRefused(fields=problems)
    # Two editors at once take turns on the shop's row, so no version number is taken twice.
    Shop.objects.select_for_update(of=("self",)).filter(pk=shop.pk).values("pk").first()
    versions = ReminderText.objects.for_shop(shop).filter(template=template, language=language)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    current = versions.filter(version=last).first()
    if current is not None and (current.subject, current.body) == (subject, body):
        return current
    text = ReminderText.objects.create(
        shop=shop,
        template=template,
        language=language,
        version=last + 1,
        subject=subject,
        body=body,
        created_at=at,
        created_by=by.name,
    )
    audit.record(
        shop=shop,
        action="reminder_text.changed",
        target=text,
        by=by,
        at=at,
        data={
            "template": template,
            "language": language,
            "version": text.version,
            "sha256": sha256_hex(f"{subject}\n{body}"),
        },
    )
    return text
