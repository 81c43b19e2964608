"""The PDFs' frozen words: offered, signed with the certificate, and for paper."""

import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from pypdf import PdfReader

from estimates.models import Authorization, EstimateRevision
from estimates.services import papers, recording, requests, sending
from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document
from shopdisputes.links import services as links
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders.models import RepairOrder
from shopdisputes.signing import codes, texts
from shopdisputes.signing.models import TextCode
from tests.estimates import stages
from tests.estimates.stages import BRAKES, CUSTOMER, DESK, LATER, NO, PART, YES
from tests.factories import NOW, CustomerFactory, RepairOrderFactory, ShopFactory, VehicleFactory

pytestmark = pytest.mark.django_db

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def order_in(language: str) -> RepairOrder:
    customer = CustomerFactory(language=language)
    return RepairOrderFactory(vehicle=VehicleFactory(customer=customer))


def html_of(document: Document | None) -> str:
    assert document is not None
    return " ".join(document.html.split())


def signed(authorization: Authorization) -> str:
    return html_of(authorization.document)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_three_are_worded_in_the_customers_language(language: str) -> None:
    revision = stages.sent(order=order_in(language))
    copy = papers.print_for_signature(revision=revision, by=DESK, at=NOW)
    authorization = stages.answer(revision, YES, LATER)
    documents = [revision.document, copy.document, authorization.document]
    for document in documents:
        assert document is not None
        assert document.language == language
        assert f'lang="{language}"' in document.html
        assert "{{" not in document.html
        assert "None" not in document.html
        # Nothing from outside: what is typeset in ten years is what was frozen.
        assert "http://" not in document.html
        assert 'src="/' not in document.html


def test_the_offered_one_says_what_the_estimate_says() -> None:
    order = RepairOrderFactory(shop=ShopFactory(jurisdiction="FR", mediator="CM2C, Paris"))
    revision = stages.sent(order=order, deposit_amount=Decimal("50.00"), message="Call me.")
    html = html_of(revision.document)
    for words in (
        revision.estimate.number,
        order.number,
        "The brakes squeal.",
        "The pads are down to 2 mm.",
        "Part · Recommended · New",
        "€201.90",
        "Tax 20% on €201.90",
        "€242.28",
        "€50.00",
        "Call me.",
        "CM2C, Paris",
        "We do nothing, and bill nothing, beyond what you authorize.",
        revision.sha256[:16],
    ):
        assert words in html


def test_a_document_carries_the_hashed_facts_themselves() -> None:
    revision = stages.sent()
    document = revision.document
    assert document is not None
    assert document.attachment_name == f"{revision.estimate.number}-r1.json"
    assert sha256_hex(document.attachment) == revision.sha256
    stages.typeset(document)
    with document.file.open("rb") as file:
        attached = PdfReader(io.BytesIO(file.read())).attachments
    (content,) = attached[document.attachment_name]
    assert sha256_hex(content) == revision.sha256
    assert json.loads(content)["estimate"]["total"] == "242.28"


def test_a_supplement_marks_what_is_authorized_already() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first, *BRAKES, at=NOW + timedelta(days=1))
    copy = papers.print_for_signature(revision=second, by=DESK, at=NOW + timedelta(days=1))
    assert "Authorized on Mar 16, 2026" in html_of(copy.document)
    assert "More is worn." in html_of(second.document)


def test_the_signed_copy_shows_answers_totals_and_the_exact_sentence() -> None:
    revision = stages.sent()
    authorization = stages.answer(revision, YES, NO)
    html = signed(authorization)
    assert authorization.signature is not None
    for words in (
        authorization.signature.sentence,
        "Authorized, with tax",
        "€172.80",
        "Not authorized, with tax",
        "€69.48",
        '<div class="typed-name">Camille Durand</div>',
    ):
        assert words in html


def test_the_signed_copy_carries_the_terms_that_were_sent() -> None:
    revision = stages.sent()
    texts.change(
        shop=revision.shop,
        code=TextCode.ESTIMATE_TERMS,
        language="en",
        body="Other terms since.",
        by=DESK,
        at=NOW,
    )
    html = signed(stages.answer(revision, YES, YES))
    assert f"{revision.shop.name} does and bills only the work that you authorize." in html
    assert "Other terms since." not in html


def test_a_drawing_is_shown_as_it_was_drawn() -> None:
    drawing = stages.drawing()
    authorization = stages.answer(stages.sent(), YES, YES, drawn=drawing)
    html = signed(authorization)
    assert html.count('src="data:image/png;base64,') == 2
    assert sha256_hex(drawing.image) in html
    assert "L2 — drawn signature" in html


# The certificate.


def test_the_certificate_names_what_was_signed_how_and_by_whom() -> None:
    revision = stages.sent()
    stages.typeset(revision.document)
    links.note_displayed(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    authorization = stages.answer(
        revision, YES, NO, signer_timezone="America/New_York", at=NOW + timedelta(minutes=5)
    )
    signature = authorization.signature
    assert signature is not None
    assert signature.text is not None
    assert signature.consent_text is not None
    assert revision.document is not None
    event = AuditEvent.objects.get(action="estimate.answered")
    html = signed(authorization)
    for words in (
        "Certificate of signature",
        revision.estimate.repair_order.number,
        str(authorization.pk),
        str(signature.pk),
        revision.sha256,
        revision.document.sha256,
        signature.sentence_sha256,
        str(signature.text.pk),
        signature.text.sha256,
        str(signature.consent_text.pk),
        signature.consent_text.sha256,
        "version 1, en",
        "L1 — typed name",
        "L2 — drawn signature",
        "203.0.113.7",
        "Phone/1.0",
        "2026-03-16 09:35:00 UTC",
        "2026-03-16 05:35:00-04:00 (America/New_York)",
        "Clock of the server",
        f"mailed to {revision.sent_to}",
        "Not verified: an identity document.",
        "Not verified: that the signer can read that mailbox",
        f"beyond the control of the e-mail address {revision.sent_to}",
        "Sent to the customer (Ada Advisor, no. ",
        "Estimate shown in the customer&#x27;s browser",
        "Answered and signed by the customer",
        event.hash,
        event.previous_hash,
        "not the signer&#x27;s own cryptographic signature",
    ):
        assert words in html, words
    email = OutgoingEmail.objects.get(kind="estimate_sent")
    assert email.message_id.strip("<>") in html


def test_the_certificate_does_not_claim_an_offered_pdf_that_was_not_there() -> None:
    html = signed(stages.answer(stages.sent(), YES, YES))
    assert "The PDF was not typeset yet when this was signed." in html


def test_a_code_is_told_with_its_times_but_not_its_digits() -> None:
    shop = ShopFactory(code_from_amount=Decimal("100.00"))
    revision = stages.sent(order=RepairOrderFactory(shop=shop))
    code = requests.send_code(link=stages.link_of(revision), by=CUSTOMER, at=NOW)
    digits = codes.digits_of(code)
    html = signed(stages.answer(revision, YES, YES, code=digits, at=NOW + timedelta(minutes=2)))
    assert (
        f"A one-time code mailed to {revision.sent_to} at 2026-03-16 09:30:00 UTC was entered at"
        " 2026-03-16 09:32:00 UTC."
    ) in html
    assert "L3 — signature and a code by e-mail" in html
    assert "can read that mailbox" not in html
    assert f">{digits}<" not in html


def test_a_zone_that_does_not_exist_is_not_believed() -> None:
    html = signed(stages.answer(stages.sent(), YES, YES, signer_timezone="Mars/Olympus"))
    assert "2026-03-16 10:30:00+01:00 (Europe/Paris)" in html


def test_in_person_says_who_handed_the_tablet_over_and_what_is_not_known() -> None:
    revision = stages.sent(by_email=False)
    link = sending.open_in_person(revision=revision, by=DESK, at=NOW)
    html = signed(stages.answer(revision, YES, YES, link=link))
    assert "Ada Advisor handed it over" in html
    assert "Not verified: any e-mail address or phone number of the signer." in html
    assert "None was sent." in html


def record_on_paper(revision: EstimateRevision, details: recording.PaperDetails) -> str:
    return signed(
        stages.record(
            revision, YES, YES, mode="paper", paper=details, witness="Wim Witness", reason=""
        )
    )


def test_paper_says_who_attests_where_the_original_lies_and_that_this_is_a_scan() -> None:
    revision = stages.sent()
    copy = papers.print_for_signature(revision=revision, by=DESK, at=NOW)
    stages.typeset(copy.document)
    details = recording.PaperDetails(
        receipt="by_post", location="Folder 3", unread_reason="No scanner here."
    )
    html = record_on_paper(revision, details)
    for words in (
        "Attested by Ada Advisor: The original came by post. The original lies here: Folder 3.",
        f"Page codes read by the machine: 0 of {copy.document.pages} printed.",
        "Page codes not read: No scanner here.",
        "Second member of staff: Wim Witness",
        "Not verified: who held the pen.",
        "L5 — signed on paper",
        "Signed by hand on paper",
        "Answer recorded by the shop",
    ):
        assert words in html, words


def test_paper_without_a_print_and_without_words_says_so_too() -> None:
    html = record_on_paper(stages.sent(), recording.PaperDetails())
    assert "Attested by Ada Advisor: –. The original lies here: –." in html
    assert "no scan attached" in html
    assert "read by the machine" not in html


def test_the_timeline_tells_nothing_of_other_estimates_on_the_same_visit() -> None:
    revision = stages.sent()
    other = stages.sent(PART, order=revision.estimate.repair_order)
    html = signed(stages.answer(revision, YES, YES))
    assert html.count("Sent to the customer (") == 1
    assert other.estimate.number not in html


def test_the_signed_pdf_is_sealed_and_carries_the_facts() -> None:
    revision = stages.sent()
    authorization = stages.answer(revision, YES, NO)
    document = authorization.document
    stages.typeset(document)
    assert document is not None
    assert document.seal_fingerprint
    with document.file.open("rb") as file:
        content = file.read()
    assert sha256_hex(content) == document.sha256
    reader = PdfReader(io.BytesIO(content))
    assert sha256_hex(reader.attachments[document.attachment_name][0]) == revision.sha256
    words = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert "Certificate of signature" in words
