"""Signing through the link: what is shown is what is signed, and a refusal loses nothing."""

import base64
import io
import json
from decimal import Decimal

import pytest
from PIL import Image, ImageDraw

from estimates.models import Authorization, EstimateRevision
from estimates.services import recording, sending
from estimates.states import RevisionStatus
from shopdisputes.documents import sealing
from shopdisputes.documents.tasks import drain as typeset
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.repairorders import services as orders
from shopdisputes.signing.codes import digits_of
from shopdisputes.signing.models import EmailCode, Signature
from tests.estimates.customer import (
    DESK,
    Holder,
    holder_of,
    on_the_tablet,
    replace_estimate,
    send_estimate,
)
from tests.factories import NOW

pytestmark = pytest.mark.django_db(transaction=True)

BOTH = ("authorized", "authorized")
STROKES = json.dumps({"width": 300, "height": 120, "strokes": [[[10, 20, 0, 0.5]]]})


@pytest.fixture
def holder(shop) -> Holder:
    return send_estimate(shop=shop)


def drawing(size: tuple[int, int] = (300, 120)) -> bytes:
    picture = Image.new("RGBA", size)
    ImageDraw.Draw(picture).line([(20, 90), (120, 20), (200, 100), (280, 40)], "#10233f", 4)
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def data_url(content: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def sign(holder: Holder, *given: str, **typed: str):
    return holder.browser.post(holder.at("sign", **holder.answers(*given)), holder.typed(**typed))


def assert_nothing_signed(holder: Holder) -> None:
    assert not Authorization.objects.exists()
    assert not Signature.objects.exists()
    holder.revision.refresh_from_db()
    assert holder.revision.status == RevisionStatus.SENT


def shown_sentence(page: str) -> str:
    start = page.index('<blockquote class="pe-sentence">') + len('<blockquote class="pe-sentence">')
    return page[start : page.index("</blockquote>", start)]


@pytest.mark.parametrize(
    ("given", "button"),
    [
        (BOTH, "Authorize €242.28"),
        (("authorized", "deferred"), "Authorize €172.80"),
        (("declined", "deferred"), "I authorize nothing"),
    ],
)
def test_the_button_names_the_act_and_the_amount(holder, given, button):
    page = holder.browser.get(holder.at("sign"), holder.answers(*given)).content.decode()
    bar = " ".join(page[page.index('class="public-bar"') :].split())
    assert button in bar


def test_what_is_shown_is_what_is_signed(holder):
    query = holder.answers("authorized", "declined")
    page = holder.browser.get(holder.at("sign"), query).content.decode()
    response = sign(holder, "authorized", "declined")
    assert response.status_code == 303
    assert response["Location"] == f"{holder.url}?thanks=1"
    signature = Signature.objects.get()
    assert signature.sentence == shown_sentence(page)
    assert "€172.80" in signature.sentence
    assert signature.signer_name == "Camille Durand"
    assert signature.subject_sha256 == holder.revision.sha256
    assert signature.signer_timezone == "Europe/Paris"
    assert signature.signed_at == NOW
    assert dict(Authorization.objects.get().answers.values_list("line__position", "answer")) == {
        1: "authorized",
        2: "declined",
    }


def test_one_answer_for_everything_is_confirmed_on_the_next_page(holder):
    page = holder.browser.get(holder.at("sign"), {"all": "declined"}).content.decode()
    assert "You authorize nothing." in page
    response = holder.browser.post(holder.at("sign", all="declined"), holder.typed())
    assert response.status_code == 303
    authorization = Authorization.objects.get()
    assert authorization.new_total == Decimal("0.00")
    assert set(authorization.answers.values_list("answer", flat=True)) == {"declined"}


def test_a_line_without_an_answer_is_asked_for_at_the_line(holder):
    response = holder.browser.get(holder.at("sign"), {"a1": "authorized"})
    page = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#a2">Front brake pads, set</a>' in page
    assert 'id="a2-error"' in page
    assert page.count("checked") == 1


def test_signing_needs_an_answer_for_every_line(holder):
    response = holder.browser.post(holder.at("sign", a1="authorized"), holder.typed())
    assert response.status_code == 422
    assert_nothing_signed(holder)
    assert 'name="signer_name" value="Camille Durand"' in response.content.decode()


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"signer_name": ""}, "Write your full name."),
        ({"signer_name": "   "}, "Write your full name."),
        ({"signer_name": "\u202e\u200b"}, "Please type your name or draw your signature."),
        ({"signer_name": "x" * 201}, "At most 200 characters."),
        ({"consent": ""}, "Tick that you agree to electronic documents"),
        ({"signature": "data:image/jpeg;base64,AAAA"}, "The drawn signature is not a PNG picture."),
        ({"signature": "data:image/png;base64,§§§"}, "The drawn signature is not a PNG picture."),
        ({"signature": data_url(b"GIF89a")}, "The drawn signature is not a PNG picture."),
        (
            {"signature": data_url(drawing() + bytes(205_000))},
            "The drawn signature is larger than 200 KB.",
        ),
    ],
)
def test_a_refusal_says_why_and_keeps_what_was_typed(holder, typed, message):
    query = holder.answers(*BOTH)
    form = holder.typed(strokes=STROKES) | typed
    response = holder.browser.post(holder.at("sign", **query), form)
    page = response.content.decode()
    assert response.status_code == 422
    assert message in page
    assert "Not signed yet" in page
    assert_nothing_signed(holder)
    if typed.get("signer_name", "x").strip():
        assert f'value="{form["signer_name"]}"' in page
    assert f'value="{STROKES.replace(chr(34), "&quot;")}"' in page
    assert f'action="{holder.at("sign", **query).replace("&", "&amp;")}"' in page


def test_a_refusal_keeps_the_drawing(holder):
    drawn = data_url(drawing())
    response = sign(holder, *BOTH, signer_name="", signature=drawn, strokes=STROKES)
    assert response.status_code == 422
    assert f'name="signature" data-signature-image value="{drawn}"' in response.content.decode()


def test_a_typed_name_signs_where_a_drawing_was_asked_for(holder):
    assert holder.revision.required_level == EvidenceLevel.L2
    assert sign(holder, *BOTH).status_code == 303
    assert Signature.objects.get().evidence_level == EvidenceLevel.L1


def test_a_drawing_is_kept_with_its_strokes(holder):
    picture = drawing()
    assert sign(holder, *BOTH, signature=data_url(picture), strokes=STROKES).status_code == 303
    signature = Signature.objects.get()
    assert signature.evidence_level == EvidenceLevel.L2
    assert bytes(signature.image) == picture
    assert signature.strokes == json.loads(STROKES)


@pytest.mark.parametrize(
    "strokes",
    [
        *("", "{", "9" * 400_001, "[" * 100_000),
        *("[NaN]", "[Infinity]", "[1e999]", r'["\u0000"]', r'["\ud800"]'),
    ],
)
def test_strokes_that_cannot_be_read_do_not_stop_a_drawing(holder, strokes):
    sign(holder, *BOTH, signature=data_url(drawing()), strokes=strokes)
    assert Signature.objects.get().strokes is None


def test_a_double_click_signs_once(holder):
    answers = [sign(holder, *BOTH) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert Authorization.objects.count() == 1
    assert Signature.objects.count() == 1


def test_another_answer_after_the_first_is_a_conflict(holder):
    sign(holder, *BOTH)
    response = sign(holder, "declined", "declined")
    assert response.status_code == 409
    assert "Your answer could not be taken any more." in response.content.decode()
    assert Authorization.objects.get().new_total == Decimal("242.28")


def test_after_signing_says_thanks_and_what_happens_next(holder):
    sign(holder, "authorized", "deferred")
    page = " ".join(holder.browser.get(f"{holder.url}?thanks=1").content.decode().split())
    assert "Thank you. Your answer has arrived." in page
    assert "You authorized work for €172.80, with tax" in page
    assert "The signed copy is being made and sealed." in page
    assert f"We mail it to {holder.link.recipient}." in page
    assert "To change your mind, call us" in page
    assert holder.browser.get(holder.at("signed")).status_code == 503


def test_the_reopened_link_shows_the_answer_and_takes_no_other(holder):
    sign(holder, "authorized", "deferred")
    page = holder.browser.get(holder.url).content.decode()
    assert "You answered this estimate on" in page
    assert Signature.objects.get().sentence in page
    assert 'type="radio"' not in page
    assert holder.browser.get(holder.at("sign"), holder.answers(*BOTH)).status_code == 302


def test_a_revision_replaced_while_signing_is_a_conflict_that_shows_the_new_one(holder):
    newest = replace_estimate(holder, unit_price=Decimal("90.00"))
    response = sign(holder, "authorized", "declined", signer_name="Camille D.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "replaced by version 2 meanwhile" in page
    assert "€172.80" in page
    assert "€194.40" in page
    assert not Authorization.objects.exists()
    # What was said about the unchanged line stays; about the changed one it is asked anew.
    assert page.count("checked") == 1
    new = holder_of(newest)
    assert f'action="{new.at("sign")}"' in page
    assert 'name="signer_name" value="Camille D."' in page
    following = new.browser.post(
        new.at("sign"),
        {"review": "1", "signer_name": "Camille D.", "a1": "authorized", "a2": "declined"},
    )
    assert following.status_code == 200
    assert 'value="Camille D."' in following.content.decode()
    assert "Authorize €194.40" in " ".join(following.content.decode().split())
    assert not Authorization.objects.exists()


def test_a_page_of_another_version_is_a_conflict(holder):
    response = sign(holder, *BOTH, revision_sha256="0" * 64)
    assert response.status_code == 409
    assert "What you sent belongs to another version" in response.content.decode()
    assert response.content.decode().count("checked") == 2
    assert_nothing_signed(holder)


def test_a_withdrawn_estimate_cannot_be_signed(holder):
    sending.withdraw(revision=holder.revision, reason="Mistake.", by=DESK, at=NOW)
    response = sign(holder, *BOTH)
    assert response.status_code == 409
    assert "The shop has withdrawn this estimate." in response.content.decode()
    assert not Authorization.objects.exists()


def test_in_person_names_the_witness_and_asks_for_the_tablet_back(holder):
    tablet = on_the_tablet(holder.revision)
    sign(tablet, *BOTH)
    page = tablet.browser.get(f"{tablet.url}?thanks=1").content.decode()
    assert "Please hand the tablet back." in page
    assert "Ada Advisor" in page
    authorization = Authorization.objects.get()
    assert authorization.mode == "in_person"
    assert authorization.witness == "Ada Advisor"


class TestWithACode:
    """From the policy's amount on, a code by e-mail is asked for."""

    @pytest.fixture
    def holder(self, shop) -> Holder:
        shop.code_from_amount = Decimal("100.00")
        shop.save()
        return send_estimate(shop=shop)

    def test_sending_the_code_keeps_what_was_typed(self, holder):
        url = holder.at("code", **holder.answers(*BOTH))
        drawn = data_url(drawing())
        response = holder.browser.post(url, holder.typed(signature=drawn, strokes=STROKES))
        page = response.content.decode()
        assert response.status_code == 200
        assert "The code is on its way." in page
        assert "10:40" in page
        assert 'value="Camille Durand"' in page
        assert drawn in page
        assert "checked" in page
        mail = OutgoingEmail.objects.get(kind="estimate_code")
        assert mail.recipient == holder.link.recipient
        assert digits_of(EmailCode.objects.get()) not in mail.text

    def test_the_right_code_signs_at_level_three(self, holder):
        holder.browser.post(holder.at("code", **holder.answers(*BOTH)), holder.typed())
        digits = digits_of(EmailCode.objects.get())
        response = sign(holder, *BOTH, code=f"{digits[:3]} {digits[3:]}")
        assert response.status_code == 303
        assert Signature.objects.get().evidence_level == EvidenceLevel.L3

    @pytest.mark.parametrize(
        ("code", "message"),
        [
            ("", "Write the six digits from the e-mail."),
            ("12345", "Write the six digits from the e-mail."),
            ("1234567890123", "The code has six digits."),
        ],
    )
    def test_an_incomplete_code_is_refused_at_its_field(self, holder, code, message):
        response = sign(holder, *BOTH, code=code)
        assert response.status_code == 422
        assert message in response.content.decode()
        assert_nothing_signed(holder)

    def test_a_wrong_code_is_refused_at_its_field_and_counted(self, holder):
        holder.browser.post(holder.at("code", **holder.answers(*BOTH)), holder.typed())
        code = EmailCode.objects.get()
        wrong = f"{(int(digits_of(code)) + 1) % 1_000_000:06d}"
        response = sign(holder, *BOTH, code=wrong)
        assert response.status_code == 422
        assert "This is not the code that we sent you last." in response.content.decode()
        assert_nothing_signed(holder)
        code.refresh_from_db()
        assert code.attempts == 1

    def test_a_fourth_code_within_the_hour_is_refused_with_everything_kept(self, holder):
        url = holder.at("code", **holder.answers(*BOTH))
        statuses = [holder.browser.post(url, holder.typed()).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 422]
        assert EmailCode.objects.count() == 3

    def test_a_reload_of_that_page_leads_back_to_signing(self, holder):
        query = holder.answers(*BOTH)
        response = holder.browser.get(holder.at("code", **query))
        assert response["Location"] == holder.at("sign", **query)


def test_signing_works_for_who_never_opened_the_page_before(holder):
    assert EstimateRevision.objects.get().status == RevisionStatus.SENT
    assert sign(holder, *BOTH).status_code == 303


def test_what_was_said_by_phone_later_does_not_hide_the_signed_copy(holder):
    sign(holder, "authorized", "deferred")
    recording.record(
        revision=holder.revision,
        mode="oral",
        person="Camille Durand",
        contact="+33612345678",
        said_at=NOW,
        reason="Do the pads as well.",
        answers={holder.revision.lines.get(position=2).pk: "authorized"},
        by=DESK,
        at=NOW,
    )
    page = " ".join(holder.browser.get(holder.url).content.decode().split())
    assert "You authorized work for €242.28, with tax" in page
    assert "The signed copy is being made and sealed." in page
    assert page.count("How it was answered on") == 2


def test_a_visit_that_is_over_can_no_longer_be_answered(holder):
    order = holder.revision.estimate.repair_order
    orders.cancel(repair_order=order, reason="Picked up unrepaired.", by=DESK, at=NOW)
    response = sign(holder, *BOTH)
    assert response.status_code == 409
    assert "This repair order is closed." in response.content.decode()
    assert "This repair order is closed." in holder.browser.get(holder.url).content.decode()
    assert not Authorization.objects.exists()


@pytest.mark.parametrize("name", ["sign", "code", "call", "paper"])
def test_nothing_is_taken_for_an_estimate_that_was_withdrawn(holder, name):
    sending.withdraw(revision=holder.revision, reason="Mistake.", by=DESK, at=NOW)
    response = holder.browser.post(holder.at(name, a1="authorized"), {"note": "Tonight"})
    assert response.status_code == 409
    assert "The shop has withdrawn this estimate." in response.content.decode()
    holder.revision.refresh_from_db()
    assert holder.revision.call_requested_at is None
    assert holder.revision.paper_requested_at is None


def test_no_code_is_sent_before_every_line_is_answered(holder):
    response = holder.browser.post(holder.at("code", a1="authorized"), holder.typed())
    assert response.status_code == 422
    assert 'id="a2-error"' in response.content.decode()
    assert not EmailCode.objects.exists()


def test_a_reload_of_the_answer_to_a_call_leads_back(holder):
    assert holder.browser.get(holder.at("call"))["Location"] == holder.url


def test_the_papers_behind_the_link_are_given_out_once_they_are_typeset(holder):
    sign(holder, *BOTH)
    typeset()
    for name in ("pdf", "signed"):
        response = holder.browser.get(holder.at(name))
        assert response.status_code == 200
        assert response["Content-Type"] == "application/pdf"
        assert b"".join(response).startswith(b"%PDF-")
    assert sealing.verify(b"".join(holder.browser.get(holder.at("signed")))).intact
