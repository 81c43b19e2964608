"""Wording a batch of reminder mails from the figures of the moment, in a few queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from django.db.models import Sum

from dunning import emails, missing
from dunning.facts import Case
from dunning.models import DunningSettings, Fee, ReminderText
from dunning.ready_made import WORDINGS
from dunning.services.marking import Line
from dunning.states import FeeStatus, Template
from invoices import collecting
from invoices.holding import Figures
from invoices.models import BillingSettings, Invoice, Promise
from invoices.states import PromiseStatus
from shopdisputes.dates import at_local_time, local_day
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.money import ZERO
from shopdisputes.outbox.late import Worded
from shopdisputes.outbox.models import OutgoingEmail


@dataclass(frozen=True, kw_only=True, slots=True)
class Memory:
    """What a mail was worded from, kept until its mark."""

    lines: tuple[Line, ...]
    #: The moment at which the shop's send window closes.
    closes: datetime
    #: What each reminder asks for, and until when it gives time.
    amounts: Mapping[UUID, Decimal]
    pay_by: Mapping[UUID, date | None]


def worded(
    mails: Sequence[OutgoingEmail],
    read: Mapping[UUID, tuple[Line, ...]],
    cases: Mapping[UUID, Case],
    *,
    at: datetime,
) -> dict[UUID, Worded]:
    """Word mails of which every reminder may leave; their links are made, too."""
    if not mails:
        return {}
    _follow_address(mails, read)
    shops = {mail.shop_id for mail in mails}
    _make_switches(shops)
    billing = {row.shop_id: row for row in BillingSettings.objects.filter(shop__in=shops)}
    # By reminder: a line is there once for each hold.
    single = {
        mail.pk: list({line.reminder: line for line in read[mail.pk]}.values()) for mail in mails
    }
    # The sternest of the steps in a mail speaks for all of them.
    first = {pk: max(lines, key=lambda line: line.offset_days) for pk, lines in single.items()}
    texts = _texts({(mail.shop_id, first[mail.pk].template, mail.language) for mail in mails})
    details = _Details.of(
        [line.invoice for lines in single.values() for line in lines], cases, at=at
    )
    links: list[AccessLink] = []
    found = {}
    for mail in mails:
        lines = single[mail.pk]
        today = local_day(at, zone=mail.shop.zone)
        own_links = {line.invoice: _link(mail, line, at=at) for line in lines}
        links += own_links.values()
        pay_by = {line.reminder: _pay_by(line, today) for line in lines}
        subject, body = texts[mail.shop_id, first[mail.pk].template, mail.language]
        wording = emails.worded(
            emails.Letter(
                shop=mail.shop,
                billing=billing.get(mail.shop_id) or BillingSettings(shop=mail.shop),
                language=mail.language,
                customer_name=mail.recipient_name,
                subject=subject,
                body=body,
                items=[
                    details.item(line, cases[line.invoice], link_id=own_links[line.invoice].pk)
                    for line in lines
                ],
                today=today,
                pay_by=pay_by[first[mail.pk].reminder],
            )
        )
        memory = Memory(
            lines=read[mail.pk],
            closes=at_local_time(today, mail.shop.send_until, zone=mail.shop.zone),
            amounts={line.reminder: cases[line.invoice].facts.collectible for line in lines},
            pay_by=pay_by,
        )
        found[mail.pk] = Worded(
            subject=wording.subject, text=wording.text, html=wording.html, state=memory
        )
    # One that is worded anew lives from the day on which it leaves.
    AccessLink.objects.bulk_create(
        links, update_conflicts=True, unique_fields=["id"], update_fields=["expires_at"]
    )
    return found


def _pay_by(line: Line, today: date) -> date | None:
    return today + timedelta(days=line.pay_within_days) if line.pay_within_days else None


@dataclass(frozen=True)
class _Details:
    """What is rarely there: parts that are held, promises, charges; by the invoice's key."""

    figures: Mapping[UUID, Figures] = field(default_factory=dict)
    promised_on: Mapping[UUID, date] = field(default_factory=dict)
    broken: Mapping[UUID, missing.Missing] = field(default_factory=dict)
    charged: Mapping[UUID, Decimal] = field(default_factory=dict)

    @classmethod
    def of(
        cls, invoices: Collection[UUID], cases: Mapping[UUID, Case], *, at: datetime
    ) -> "_Details":
        """Read them; parts and promises only where not all of the balance is asked for."""
        charged = (
            Fee.objects.filter(invoice__in=invoices, status=FeeStatus.CLAIMED)
            .values_list("invoice")
            .annotate(sum=Sum("amount"))
            .order_by()
        )
        partly = {pk for pk in invoices if cases[pk].facts.collectible != cases[pk].facts.balance}
        if not partly:
            return cls(broken=missing.of(invoices), charged=dict(charged))
        found = Invoice.objects.filter(pk__in=partly).select_related("shop")
        standings = collecting.of(list(found), at=at)
        promises = Promise.objects.filter(invoice__in=partly, status=PromiseStatus.OPEN)
        return cls(
            figures={pk: standing.figures for pk, standing in standings.items()},
            promised_on=dict(promises.values_list("invoice", "promised_on")),
            broken=missing.of(invoices),
            charged=dict(charged),
        )

    def item(self, line: Line, case: Case, *, link_id: UUID) -> emails.Item:
        """Return what a mail says of an invoice."""
        figures = self.figures.get(line.invoice)
        asked = case.facts.collectible
        return emails.Item(
            number=line.number,
            due_on=case.later_due_on or line.due_on,
            amount=asked,
            currency=line.currency,
            reference=line.reference,
            link_id=link_id,
            disputed=figures.disputed if figures else ZERO,
            promised=figures.promised if figures else ZERO,
            promised_on=self.promised_on.get(line.invoice),
            missing=self.broken.get(line.invoice, missing.NOTHING),
            charged=min(self.charged.get(line.invoice, ZERO), asked),
        )


def _follow_address(mails: Iterable[OutgoingEmail], read: Mapping[UUID, tuple[Line, ...]]) -> None:
    """Send mails to where their payers' mail goes now, in the language they read now."""
    for mail in mails:
        line = read[mail.pk][0]
        now = (line.customer_email, line.customer_name, line.customer_language)
        if now == (mail.recipient, mail.recipient_name, mail.language):
            continue
        mail.recipient, mail.recipient_name, mail.language = now
        OutgoingEmail.objects.filter(pk=mail.pk, claimed_at=mail.claimed_at).update(
            recipient=mail.recipient, recipient_name=mail.recipient_name, language=mail.language
        )


def _make_switches(shops: Collection[UUID]) -> None:
    """Give every shop the row of its switch: without it, pausing would meet no lock."""
    there = DunningSettings.objects.filter(shop__in=shops).values_list("shop", flat=True)
    DunningSettings.objects.bulk_create(
        (DunningSettings(shop_id=shop) for shop in set(shops) - set(there)), ignore_conflicts=True
    )


def _texts(
    wanted: Collection[tuple[UUID, str, str]],
) -> dict[tuple[UUID, str, str], tuple[str, str]]:
    """Return subject and body by shop, text and language: the shop's own, else ready-made ones."""
    rows = (
        ReminderText.objects.filter(
            shop__in={shop for shop, _template, _language in wanted},
            template__in={template for _shop, template, _language in wanted},
            language__in={language for _shop, _template, language in wanted},
        )
        .order_by("version")
        .values_list("shop", "template", "language", "subject", "body")
    )
    own = {
        (shop, template, language): (subject, body)
        for shop, template, language, subject, body in rows
    }
    return {key: own.get(key) or _ready_made(key[1], key[2]) for key in wanted}


def _ready_made(template: str, language: str) -> tuple[str, str]:
    wording = WORDINGS[language][Template(template)]
    return wording.subject, wording.body


def _link(mail: OutgoingEmail, line: Line, *, at: datetime) -> AccessLink:
    """Return the link to an invoice in this mail: the same one each time it is worded."""
    return AccessLink(
        pk=uuid5(mail.pk, f"{line.invoice} {mail.recipient}"),
        shop_id=mail.shop_id,
        purpose=LinkPurpose.INVOICE,
        target_id=line.invoice,
        recipient=mail.recipient,
        recipient_name=mail.recipient_name,
        language=mail.language,
        repair_order_id=line.repair_order,
        created_at=at,
        expires_at=at + timedelta(days=mail.shop.link_life_days),
    )
