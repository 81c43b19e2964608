"""What is said in a case: mailed to the other side, once, and never lost."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from disputes.models import CaseMessage, DisputeCase
from disputes.services import filing, messaging, offering, resolving
from disputes.services.following_up import CaseEnded
from disputes.states import CaseStatus, ClosingCode
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.transitions import IllegalTransition, NotYourTransition
from shopdisputes.uploads.services import WrongType
from tests import media
from tests.disputes.cases import (
    BOSS,
    CUSTOMER,
    DESK,
    TECHNICIAN,
    contest,
    events,
    everything,
    fresh,
    link_to,
    mails,
)
from tests.factories import (
    NOW,
    DisputeCaseFactory,
    FollowUpFactory,
    InvoiceFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> DisputeCase:
    return contest(InvoiceFactory(issued=True))


def photo(name: str = "pads.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, media.jpeg(160, 120))


class TestTheShop:
    def test_writes_to_the_customer_by_mail_with_a_link_of_its_own(self, case: DisputeCase) -> None:
        said = messaging.say(
            case=case, text="We ask the\r\nsupplier.", files=[photo()], by=DESK, at=NOW
        )

        assert (said.side, said.text) == ("shop", "We ask the\nsupplier.")
        link = AccessLink.objects.get()
        assert (link.purpose, link.target_id) == (LinkPurpose.DISPUTE, case.pk)
        email = OutgoingEmail.objects.get()
        assert (said.email, email.link, email.recipient) == (email, link, case.customer.email)
        assert "We ask the\nsupplier." in email.text
        assert said.files.get().sent_as == "pads.jpg"
        assert events(case)[-1] == "dispute.said"

    def test_notes_for_itself_and_mails_nobody(self, case: DisputeCase) -> None:
        said = messaging.say(case=case, text="He is angry.", internal=True, by=TECHNICIAN, at=NOW)

        assert (said.internal, said.email) == (True, None)
        assert mails() == {}

    def test_asks_and_waits_for_the_answer(self) -> None:
        case = DisputeCaseFactory(by_customer=True)

        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)

        assert fresh(case).status == CaseStatus.AWAITING_CUSTOMER
        assert events(case) == ["dispute.accepted", "dispute.asked"]
        assert OutgoingEmail.objects.get().subject == f"A question about your dispute {case.number}"

    @pytest.mark.parametrize("act", [messaging.take_up, partial(messaging.ask, text="Which pads?")])
    def test_whoever_takes_it_up_looks_after_it(self, act: Any) -> None:
        case = DisputeCaseFactory(by_customer=True)
        nobodys = FollowUpFactory(case=case, person=None)
        ada, max_ = UserFactory(), UserFactory()

        act(case=case, by=replace(DESK, user_id=ada.pk), at=NOW)
        offering.make(
            case=case,
            kind="keep_as_billed",
            text="It is right.",
            by=replace(DESK, user_id=max_.pk),
            at=NOW,
        )

        assert (fresh(case).owner, fresh(nobodys).person) == (ada, ada)

    def test_asks_once_and_only_from_the_desk(self, case: DisputeCase) -> None:
        with pytest.raises(NotYourTransition):
            messaging.ask(case=case, text="Which pads?", by=TECHNICIAN, at=NOW)
        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)
        before = everything()
        with pytest.raises(IllegalTransition):
            messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)
        assert everything() == before

    def test_keeps_what_it_says_where_there_is_no_address(self) -> None:
        case = DisputeCaseFactory(customer__email="")

        assert messaging.say(case=case, text="Call us.", by=DESK, at=NOW).email is None

    def test_says_once_what_a_button_pressed_twice_sent(self, case: DisputeCase) -> None:
        told: dict[str, Any] = {"text": "We look into it.", "by": DESK}
        said = messaging.say(case=case, **told, at=NOW)
        before = everything()

        assert messaging.say(case=case, **told, at=NOW + timedelta(seconds=59)) == said
        assert everything() == before
        for other in ({"internal": True}, {"by": BOSS}, {"files": [photo()]}):
            messaging.say(case=case, **told | other, at=NOW + timedelta(seconds=59))
        messaging.say(case=case, **told, at=NOW + timedelta(minutes=3))
        assert CaseMessage.objects.count() == 5

    def test_notes_once_what_a_button_pressed_twice_sent(self, case: DisputeCase) -> None:
        heard = messaging.note_answer(case=case, text="The front ones.", by=DESK, at=NOW)
        before = everything()

        again = messaging.note_answer(case=case, text="The front ones.", by=DESK, at=NOW)

        assert again == heard
        assert everything() == before

    def test_notes_what_the_customer_said_on_the_phone(self, case: DisputeCase) -> None:
        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)

        heard = messaging.note_answer(case=case, text="The front ones.", by=DESK, at=NOW)

        assert (heard.side, heard.said_by) == ("customer", "Ada Advisor")
        assert fresh(case).status == CaseStatus.OPEN
        assert "dispute_message_desk" not in mails()


class TestTheCustomer:
    def test_answers_and_the_shop_goes_on(self, case: DisputeCase) -> None:
        messaging.ask(case=case, text="Which pads?", by=DESK, at=NOW)

        said = messaging.answer(link=link_to(case), text="The front ones.", by=CUSTOMER, at=NOW)

        assert (said.side, fresh(case).status) == ("customer", CaseStatus.OPEN)
        mail = OutgoingEmail.objects.get(kind="dispute_message_desk")
        assert f"{settings.PUBLIC_URL}/disputes/{case.number}/" in mail.text
        assert f'href="{settings.PUBLIC_URL}/disputes/{case.number}/"' in mail.html
        assert "reply to this e-mail" not in mail.text + mail.html
        assert mails()["dispute_message_desk"] == case.shop.email

    def test_who_clicks_twice_has_written_once(self, case: DisputeCase) -> None:
        link = link_to(case)
        first = messaging.answer(link=link, text="The front ones.", by=CUSTOMER, at=NOW)
        before = everything()

        again = messaging.answer(
            link=link, text="The front ones.", by=CUSTOMER, at=NOW + timedelta(minutes=59)
        )

        assert again == first
        assert everything() == before

    def test_who_asks_the_same_again_later_is_heard_again(self, case: DisputeCase) -> None:
        link = link_to(case)
        for hours in (0, 1):
            messaging.answer(
                link=link, text="Any news?", by=CUSTOMER, at=NOW + timedelta(hours=hours)
            )

        assert CaseMessage.objects.filter(text="Any news?").count() == 2
        assert OutgoingEmail.objects.filter(kind="dispute_message_desk").count() == 2

    def test_writes_nothing_into_a_case_that_has_ended(self, case: DisputeCase) -> None:
        link = link_to(case)
        resolving.resolve(
            case=case, closing_code=ClosingCode.GOODWILL, note="Done.", by=DESK, at=NOW
        )
        before = everything()

        with pytest.raises(CaseEnded):
            messaging.answer(link=link, text="But.", by=CUSTOMER, at=NOW)

        assert everything() == before


@pytest.mark.parametrize("text", [" ", "x" * 4001])
def test_nothing_and_too_much_is_refused(case: DisputeCase, text: str) -> None:
    with pytest.raises(messaging.MessageMissing):
        messaging.say(case=case, text=text, by=DESK, at=NOW)

    assert not CaseMessage.objects.exists()


def test_a_file_that_is_none_is_refused_with_the_words(case: DisputeCase) -> None:
    broken = SimpleUploadedFile("pads.jpg", b"MZ not a picture")

    with pytest.raises(WrongType):
        messaging.say(case=case, text="See.", files=[photo(), broken], by=DESK, at=NOW)
    with pytest.raises(filing.TooManyFiles):
        messaging.say(case=case, text="See.", files=[photo()] * 11, by=DESK, at=NOW)

    assert not CaseMessage.objects.exists()
