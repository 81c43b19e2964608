"""E-mails."""

import factory

from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.shops import ShopFactory


class OutgoingEmailFactory(ShopOwnedFactory):
    """An e-mail that waits; traits ``sent``, ``in_doubt`` and ``failed``."""

    _parents = ("customer",)

    class Meta:
        model = OutgoingEmail

    class Params:
        sent = factory.Trait(
            status=EmailStatus.SENT, handed_at=now, sent_at=now, reply="250 accepted"
        )
        in_doubt = factory.Trait(status=EmailStatus.IN_DOUBT, handed_at=now)
        failed = factory.Trait(status=EmailStatus.FAILED, reply="550 no such user")

    shop = factory.SubFactory(ShopFactory)
    kind = "estimate_sent"
    key = factory.Sequence(lambda n: f"e-mail:{n}")
    recipient = factory.Sequence(lambda n: f"camille{n}@customer.example")
    recipient_name = "Camille Durand"
    reply_to = factory.LazyAttribute(lambda email: email.shop.email)
    sender_name = factory.LazyAttribute(lambda email: email.shop.name)
    subject = "Your estimate"
    text = "Here is your estimate.\n"
    html = "<p>Here is your estimate.</p>"
    language = "en"
    message_id = factory.Sequence(lambda n: f"<e-mail-{n}@localhost>")
    created_at = now
    next_try_at = now
