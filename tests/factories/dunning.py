"""Ladders, where invoices stand on them, and what was asked for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import factory

from dunning.models import (
    CustomerLadder,
    DunningSettings,
    Fee,
    Ladder,
    LadderVersion,
    Reminder,
    ReminderText,
    Step,
)
from dunning.states import Channel, FeeRule, Reason, ReminderStatus, Template
from invoices.models import DunningPosition
from shopdisputes.shops.models import Shop
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.customers import CustomerFactory
from tests.factories.invoices import InvoiceFactory, day_of
from tests.factories.outbox import OutgoingEmailFactory
from tests.factories.shops import ShopFactory

#: Before the due day, three times after it, and then a letter that somebody approves.
USUAL: Sequence[Mapping[str, Any]] = (
    {"offset_days": -3, "template": Template.PREVENTIVE},
    {"offset_days": 3, "template": Template.FRIENDLY},
    {"offset_days": 10, "template": Template.SOMETHING_WRONG},
    {"offset_days": 20, "template": Template.LAST, "pay_within_days": 7},
    {
        "offset_days": 30,
        "template": Template.FORMAL_DEMAND,
        "channel": Channel.LETTER,
        "requires_approval": True,
    },
)


class DunningSettingsFactory(ShopOwnedFactory):
    """A shop whose reminders leave; ``paused=True``: none does."""

    class Meta:
        model = DunningSettings

    class Params:
        paused = factory.Trait(
            paused_at=now, paused_by="Olga Owner", pause_reason="The books are checked."
        )

    shop = factory.SubFactory(ShopFactory)


class LadderFactory(ShopOwnedFactory):
    """A ladder with one version; ``steps`` are other ones than ``USUAL`` (None: no version).

    ``default=True``: the shop's usual one. ``limits={"min_gap_days": 5}`` and the like are the
    version's. ``ladder.versions.get()`` is the version, its steps are in ``.steps``.
    """

    class Meta:
        model = Ladder

    class Params:
        default = factory.Trait(is_default=True)

    shop = factory.SubFactory(ShopFactory)
    name = factory.Sequence(lambda n: f"Ladder {n}")
    created_at = now

    @classmethod
    def _create(
        cls,
        model_class: type[Ladder],
        *args: Any,
        steps: Sequence[Mapping[str, Any]] | None = USUAL,
        limits: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Ladder:
        made: Ladder = super()._create(model_class, *args, **kwargs)
        if steps is not None:
            LadderVersionFactory(ladder=made, steps=steps, **(limits or {}))
        return made


class LadderVersionFactory(ShopOwnedFactory):
    """The next version of a ladder; ``steps`` are its steps."""

    _parents = ("ladder",)

    class Meta:
        model = LadderVersion

    shop = factory.SubFactory(ShopFactory)
    ladder = factory.SubFactory(LadderFactory, shop=factory.SelfAttribute("..shop"), steps=None)
    number = factory.LazyAttribute(lambda made: made.ladder.versions.count() + 1)
    created_at = now
    created_by = "Olga Owner"

    @classmethod
    def _create(
        cls,
        model_class: type[LadderVersion],
        *args: Any,
        steps: Sequence[Mapping[str, Any]] = (),
        **kwargs: Any,
    ) -> LadderVersion:
        made: LadderVersion = super()._create(model_class, *args, **kwargs)
        for step in steps:
            StepFactory(version=made, **step)
        return made


class StepFactory(ShopOwnedFactory):
    """The next step of a version: a friendly e-mail, ten days after the one before."""

    _parents = ("version",)

    class Meta:
        model = Step

    shop = factory.SubFactory(ShopFactory)
    version = factory.SubFactory(LadderVersionFactory, shop=factory.SelfAttribute("..shop"))
    position = factory.LazyAttribute(lambda step: step.version.steps.count())
    key = factory.LazyAttribute(lambda step: step.position + 1)
    offset_days = factory.LazyAttribute(lambda step: 3 + 10 * step.position)
    channel = Channel.EMAIL
    template = Template.FRIENDLY


class CustomerLadderFactory(ShopOwnedFactory):
    """A customer who gets no reminders; ``ladder`` says by which ladder he does."""

    _parents = ("customer",)

    class Meta:
        model = CustomerLadder

    shop = factory.SubFactory(ShopFactory)
    customer = factory.SubFactory(CustomerFactory, shop=factory.SelfAttribute("..shop"))
    ladder = None
    reason = "An old friend of the house."
    set_at = now
    set_by = "Olga Owner"


class ReminderTextFactory(ShopOwnedFactory):
    """Words of a template, in English."""

    class Meta:
        model = ReminderText

    shop = factory.SubFactory(ShopFactory)
    template = Template.FRIENDLY
    language = "en"
    version = factory.LazyAttribute(
        lambda made: (
            ReminderText.objects.for_shop(made.shop)
            .filter(template=made.template, language=made.language)
            .count()
            + 1
        )
    )
    subject = "A reminder from #shop"
    body = "Dear #customer,\n\n#items\n\n#how_to_pay\n\n#link\n"
    created_at = now
    created_by = "Olga Owner"


class DunningPositionFactory(ShopOwnedFactory):
    """Where an issued invoice stands before any step; it is looked at on the day of issue.

    ``invoice__due_on`` and the like are the invoice's.
    """

    _parents = ("invoice",)

    class Meta:
        model = DunningPosition

    shop = factory.SubFactory(ShopFactory)
    invoice = factory.SubFactory(InvoiceFactory, shop=factory.SelfAttribute("..shop"), issued=True)
    customer = factory.SelfAttribute("invoice.customer")
    base_on = factory.SelfAttribute("invoice.due_on")
    begun_on = factory.SelfAttribute("invoice.issued_on")
    look_on = factory.SelfAttribute("begun_on")


def usual_step(shop: Shop, position: int = 1) -> Step:
    """Return a step of the shop's usual ladder, which is made when there is none."""
    ladder = Ladder.objects.for_shop(shop).filter(is_default=True).first()
    ladder = ladder or LadderFactory(shop=shop, default=True)
    version = LadderVersion.objects.filter(ladder=ladder).latest("number")
    return version.steps.get(position=position)


def _mail(**traits: bool) -> factory.SubFactory:
    return factory.SubFactory(
        OutgoingEmailFactory,
        shop=factory.SelfAttribute("..shop"),
        customer=factory.SelfAttribute("..customer"),
        recipient=factory.SelfAttribute("customer.email"),
        recipient_name=factory.SelfAttribute("customer.name"),
        kind="reminder",
        key=factory.LazyAttribute(
            lambda mail: (
                f"reminder:{mail.customer.pk}:{day_of(mail, mail.factory_parent.created_at)}"
            )
        ),
        subject="",
        text="",
        html="",
        **traits,
    )


class ReminderFactory(ShopOwnedFactory):
    """The friendly reminder of an issued invoice, planned for the day, in no e-mail yet.

    ``queued=True``: in an e-mail of its own; ``sent=True``, ``in_doubt=True``: that has left or
    may have. ``email`` is one it shares. ``position`` picks another step of the usual ladder.
    """

    _parents = ("invoice", "step")

    class Meta:
        model = Reminder
        exclude = ("position",)

    class Params:
        queued = factory.Trait(email=_mail())
        sent = factory.Trait(email=_mail(sent=True))
        in_doubt = factory.Trait(email=_mail(in_doubt=True))
        failed = factory.Trait(email=_mail(failed=True))
        awaiting = factory.Trait(status=ReminderStatus.AWAITING_APPROVAL)
        held = factory.Trait(status=ReminderStatus.HELD, reason=Reason.HELD)

    position = 1
    shop = factory.SubFactory(ShopFactory)
    invoice = factory.SubFactory(InvoiceFactory, shop=factory.SelfAttribute("..shop"), issued=True)
    customer = factory.SelfAttribute("invoice.customer")
    step = factory.LazyAttribute(lambda made: usual_step(made.shop, made.position))
    version = factory.SelfAttribute("step.version")
    step_key = factory.SelfAttribute("step.key")
    cycle = 1
    channel = factory.SelfAttribute("step.channel")
    status = ReminderStatus.QUEUED
    amount = factory.SelfAttribute("invoice.balance")
    created_at = now
    planned_on = factory.LazyAttribute(lambda made: day_of(made, made.created_at))


class FeeFactory(ShopOwnedFactory):
    """40.00 proposed by the reminder of an invoice, which has left."""

    _parents = ("reminder",)

    class Meta:
        model = Fee

    shop = factory.SubFactory(ShopFactory)
    reminder = factory.SubFactory(ReminderFactory, shop=factory.SelfAttribute("..shop"), sent=True)
    invoice = factory.SelfAttribute("reminder.invoice")
    step_key = factory.SelfAttribute("reminder.step_key")
    cycle = factory.SelfAttribute("reminder.cycle")
    rule = FeeRule.FIXED
    amount = Decimal("40.00")
    base = factory.SelfAttribute("invoice.balance")
    proposed_at = now
