"""How customers answer an inspection behind their link, with a script and without."""

import re
from dataclasses import replace

import pytest

from inspections import public_views
from inspections.models import Acknowledgement, Inspection, RemarkFile
from inspections.states import AcknowledgementAnswer, InspectionStatus
from shopdisputes.actors import Actor, Role
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links import services as links
from shopdisputes.links.models import AccessLink
from shopdisputes.signing.models import Signature
from shopdisputes.uploads import intake
from shopdisputes.uploads.models import StoredFile
from shopdisputes.web.limits import LINK_UPLOADS
from tests import media
from tests.factories import NOW, InspectionFactory, RemarkFileFactory, StoredFileFactory
from tests.inspections.holders import (
    NAME,
    Holder,
    on_the_tablet,
    photo,
    share_inspection,
)
from tests.inspections.stages import everything, item_of, upload

pytestmark = pytest.mark.django_db

AGREE = AcknowledgementAnswer.AGREE.value
REMARKS = AcknowledgementAnswer.AGREE_WITH_REMARKS.value
DISAGREE = AcknowledgementAnswer.DISAGREE.value
TEXT = "It was there before.\nLook at the photo."


@pytest.fixture
def holder(shop) -> Holder:
    return share_inspection(shop=shop)


def state_of_files() -> list[object]:
    return [everything(), list(RemarkFile.objects.order_by("pk").values())]


def area(response, name: str) -> str:
    """The text that stands in a field of several lines."""
    pattern = rf'<textarea[^>]* name="{name}"[^>]*>\n(.*?)</textarea>'
    return re.search(pattern, response.content.decode(), re.DOTALL).group(1)


class TestGoingOn:
    def test_shows_the_exact_sentence_and_what_was_remarked(self, holder):
        said = holder.remark("bumper_front", TEXT)
        response = holder.browser.post(
            holder.at("sign"), {"review": "1", "answer": REMARKS, "remarks": "Thanks.", **said}
        )
        page = response.content.decode()
        assert response.status_code == 200
        assert 'class="pe-sentence"' in page
        assert "Thanks." in page
        assert "It was there before.<br>Look at the photo." in page
        (name,) = said
        assert f'name="{name}" value="It was there before.' in page
        assert not Acknowledgement.objects.exists()

    def test_goes_back_with_everything_that_was_written(self, holder):
        said = holder.remark("bumper_front", TEXT)
        response = holder.browser.post(
            holder.at("sign"), {"change": "1", "answer": REMARKS, "remarks": "Thanks.", **said}
        )
        (name,) = said
        assert response.status_code == 200
        assert area(response, name) == TEXT
        assert area(response, "remarks") == "Thanks."

    @pytest.mark.parametrize(
        ("answer", "remarks", "words"),
        [
            ("", "", "Please choose one of the three answers."),
            ("perhaps", "", "Please choose one of the three answers."),
            (AGREE, "A scratch.", "You have added remarks or files."),
            (REMARKS, " \r\n ", "Please say in your own words"),
            (DISAGREE, "", "Please say in your own words"),
            (DISAGREE, "x" * 4001, "At most 4000 characters."),
        ],
    )
    def test_asks_again_where_answer_and_remarks_do_not_fit(self, holder, answer, remarks, words):
        before = everything()
        response = holder.browser.post(
            holder.at("sign"), {"review": "1", "answer": answer, "remarks": remarks}
        )
        assert response.status_code == 422
        assert words in response.content.decode()
        assert area(response, "remarks").strip() == remarks.strip()
        assert everything() == before

    def test_leads_to_the_item_whose_remark_is_too_long(self, holder):
        said = holder.remark("lights", "x" * 2001)
        response = holder.browser.post(
            holder.at("sign"), {"review": "1", "answer": DISAGREE, **said}
        )
        position = item_of(holder.inspection, "lights").position
        assert response.status_code == 422
        assert f'<a href="#i{position}">Lights: At most 2000 characters.</a>' in (
            response.content.decode()
        )

    def test_takes_the_files_that_came_along(self, holder):
        response = holder.browser.post(
            holder.at("sign"),
            {"review": "1", "answer": REMARKS, holder.files_field("lights"): photo()},
        )
        assert response.status_code == 200
        file = RemarkFile.objects.get()
        assert (file.item, file.link) == (item_of(holder.inspection, "lights"), holder.link)
        assert str(file.file_id) in response.content.decode()


class TestSigning:
    def test_signs_with_a_typed_name(self, holder):
        said = holder.remark("bumper_front", TEXT)
        response = holder.browser.post(
            holder.at("sign"), holder.typed(REMARKS, remarks="Thanks.", **said)
        )
        assert response.status_code == 303
        assert response["Location"] == f"{holder.url}?thanks=1"
        answer = Acknowledgement.objects.get()
        assert (answer.answer, answer.person, answer.remarks) == (REMARKS, NAME, "Thanks.")
        assert answer.evidence_level == EvidenceLevel.L1
        assert answer.item_remarks.get().text == TEXT
        page = holder.browser.get(response["Location"]).content.decode()
        assert "Thank you. Your answer has arrived." in page
        assert f"We mail it to {holder.link.recipient}." in page
        assert "It was there before.<br>" in page
        assert 'name="answer"' not in page
        assert Inspection.objects.get().status == InspectionStatus.ANSWERED

    def test_a_second_tap_signs_once(self, holder):
        holder.send("f0", photo())
        form = holder.typed(REMARKS)
        first, second = (holder.browser.post(holder.at("sign"), form) for _ in range(2))
        assert first.status_code == second.status_code == 303
        assert Signature.objects.count() == 1

    @pytest.mark.parametrize(
        ("missing", "words"),
        [
            ({"signer_name": ""}, "Write your full name."),
            ({"consent": ""}, "Tick that you agree to electronic documents."),
            ({"signature": "data:image/gif;base64,AAAA"}, "is not a PNG picture"),
        ],
    )
    def test_keeps_what_was_written_when_something_is_missing(self, holder, missing, words):
        before = everything()
        said = holder.remark("bumper_front", TEXT)
        response = holder.browser.post(holder.at("sign"), holder.typed(REMARKS, **said) | missing)
        page = response.content.decode()
        assert response.status_code == 422
        assert words in page
        assert 'value="It was there before.' in page
        assert everything() == before

    def test_takes_no_answer_to_another_state_of_the_inspection(self, holder):
        before = everything()
        response = holder.browser.post(
            holder.at("sign"), holder.typed(DISAGREE, remarks="No.", inspection_sha256="0" * 64)
        )
        assert response.status_code == 409
        assert "has changed since you opened the page" in response.content.decode()
        assert area(response, "remarks") == "No."
        assert everything() == before

    def test_says_so_when_somebody_answered_meanwhile(self, holder):
        tablet = on_the_tablet(holder.inspection)
        assert tablet.browser.post(tablet.at("sign"), tablet.typed(AGREE)).status_code == 303
        response = holder.browser.post(holder.at("sign"), holder.typed(DISAGREE, remarks="No."))
        assert response.status_code == 409
        assert "Your answer could not be taken any more." in response.content.decode()
        assert Acknowledgement.objects.get().answer == AGREE

    def test_ends_on_the_tablet_with_handing_it_back(self, shop):
        tablet = on_the_tablet(InspectionFactory(shop=shop, completed=True))
        response = tablet.browser.post(tablet.at("sign"), tablet.typed(AGREE), follow=True)
        assert "Please hand the tablet back." in response.content.decode()
        assert Signature.objects.get().witness == "Ada Advisor"

    def test_gives_the_sealed_copy_once_it_is_made(self, holder):
        holder.browser.post(holder.at("sign"), holder.typed(AGREE))
        waiting = holder.browser.get(holder.at("signed"))
        assert (waiting.status_code, waiting["Retry-After"]) == (503, "30")


class TestFiles:
    def test_takes_a_file_from_the_script_and_gives_the_list_back(self, holder):
        field = holder.files_field("bumper_front")
        response = holder.send(field, photo())
        own = RemarkFile.objects.get()
        assert response.status_code == 201
        html = response.json()["html"]
        assert f'id="files-{own.item.position}"' in html
        assert holder.at("file-remove", own.pk) in html
        # Its preview is still to come: the list looks again by itself.
        assert 'hx-trigger="every 8s"' in html
        again = holder.browser.get(
            holder.at("files"), {"item": own.item.position}, headers={"HX-Request": "true"}
        )
        assert str(own.file_id) in again.content.decode()

    def test_calls_a_file_what_its_sender_calls_it(self, holder, shop):
        content = media.pdf()
        StoredFileFactory(shop=shop, pdf=True, content=content, name="Claim against Brown.pdf")
        answer = holder.send("f0", upload(content, "My insurance.pdf"))
        own = RemarkFile.objects.get()
        assert own.file.name == "Claim against Brown.pdf"
        page = holder.browser.get(holder.url).content.decode()
        saved = holder.browser.get(holder.at("file", own.file_id, "original"))
        assert saved["Content-Disposition"] == 'attachment; filename="My insurance.pdf"'
        holder.browser.post(holder.at("sign"), holder.typed(REMARKS))
        signed = Acknowledgement.objects.get().canonical_json
        for text in (answer.json()["html"], page, signed):
            assert "My insurance.pdf" in text
            assert "Brown" not in text

    def test_refuses_a_file_in_words(self, holder):
        before = state_of_files()
        response = holder.send("f0", upload(b"<svg/>", "drawing.svg"))
        assert response.status_code == 415
        assert "SVG" in response.json()["message"]
        assert state_of_files() == before
        assert not StoredFile.objects.filter(name="drawing.svg").exists()

    def test_asks_for_a_file_where_none_came(self, holder):
        response = holder.send("f0")
        assert (response.status_code, response.json()["message"]) == (422, "Choose a file first.")

    def test_brings_every_text_back_after_a_plain_post(self, holder):
        said = holder.remark("lights", TEXT)
        (name,) = said
        field = holder.files_field("bumper_front")
        response = holder.browser.post(
            holder.at("files"),
            {
                "review": "1",
                "remarks": "Thanks.",
                **said,
                field: [photo(), photo("two.jpg"), upload(b"<svg/>", "drawing.svg")],
            },
        )
        page = response.content.decode()
        assert response.status_code == 422
        assert "drawing.svg: " in page
        assert area(response, name) == TEXT
        assert area(response, "remarks") == "Thanks."
        assert RemarkFile.objects.count() == 2
        assert "Please choose one of the three answers." not in page

    def test_leads_back_to_the_page_after_a_reload(self, holder):
        for url in (holder.at("files"), holder.at("sign")):
            response = holder.browser.get(url)
            assert (response.status_code, response["Location"]) == (302, holder.url)

    def test_takes_a_file_away_again(self, holder):
        holder.send("f0", photo())
        own = RemarkFile.objects.get()
        intake.drain(clock=lambda: NOW, time_left=lambda: True)
        assert holder.browser.get(holder.at("file", own.file_id, "web")).status_code == 200
        url = holder.at("file-remove", own.pk)
        response = holder.browser.post(url, headers={"Accept": "application/json"})
        assert response.status_code == 200
        assert str(own.file_id) not in response.json()["html"]
        own.refresh_from_db()
        assert own.removed_at == NOW
        assert holder.browser.get(holder.at("file", own.file_id, "web")).status_code == 404
        page = holder.browser.post(url, {"remarks": "Thanks."})
        assert area(page, "remarks") == "Thanks."

    def test_takes_no_file_of_another_link_away(self, holder, shop):
        other = share_inspection(shop=shop)
        own = RemarkFileFactory(inspection=other.inspection, link=other.link)
        assert holder.browser.post(holder.at("file-remove", own.pk)).status_code == 404
        own.refresh_from_db()
        assert own.removed_at is None

    def test_takes_no_more_in_one_form_than_in_as_many_requests(self, holder, monkeypatch):
        few = replace(LINK_UPLOADS, name="few-uploads", hits=3)
        monkeypatch.setattr(public_views, "LINK_UPLOADS", few)
        sent = [photo(f"{number}.jpg") for number in range(1, 6)]
        response = holder.browser.post(holder.at("files"), {"f0": sent})
        # The gate counts the first one, by its own limit.
        assert RemarkFile.objects.count() == 4
        assert response.status_code == 422
        assert "5.jpg: This cannot be done just now." in response.content.decode()

    def test_takes_none_once_it_is_answered(self, holder):
        holder.browser.post(holder.at("sign"), holder.typed(AGREE))
        before = state_of_files()
        assert holder.send("f0", photo()).status_code == 409
        assert holder.browser.post(holder.at("files"), {"f0": photo()}).status_code == 409
        assert state_of_files() == before


def test_a_fresh_link_opens_the_same_inspection(holder, client):
    by = Actor(role=Role.OWNER, name="Olivia")
    links.revoke_for_target(
        shop=holder.inspection.shop, target_id=holder.inspection.pk, by=by, at=NOW
    )
    assert holder.browser.get(holder.url).status_code == 404
    client.post("/c/fresh-link/", {"token": holder.url.split("/")[3]})
    fresh = Holder(holder.inspection, AccessLink.objects.get(revoked_at=None), client)
    assert client.get(fresh.url).status_code == 200
