"""The check over all rows: silent when all holds, and each breach is named."""

from decimal import Decimal

import pytest

from estimates import invariants
from estimates.models import Estimate, EstimateLine, EstimateRevision, LineAnswer
from estimates.services import papers, recording
from shopdisputes.documents.models import Document
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.signing.models import Signature
from tests.estimates import stages
from tests.estimates.stages import BRAKES, DESK, LABOUR, LATER, NO, PART, YES
from tests.factories import NOW, EstimateFactory
from tests.tampering import frozen_rows_thawed

pytestmark = pytest.mark.django_db


def found() -> list[str]:
    return list(invariants.broken())


def test_holds_through_a_whole_life() -> None:
    first = stages.sent()
    stages.answer(first, YES, LATER)
    second = stages.revised(first, *BRAKES, PART)
    copy = papers.print_for_signature(revision=second, by=DESK, at=NOW)
    authorization = stages.record(
        second, YES, NO, YES, mode="paper", paper=recording.PaperDetails(), reason=""
    )
    stages.record(second, answers={stages.lines_of(second)[1].pk: YES})
    stages.sent(by_email=False)
    stages.draft()
    stages.typeset(first.document, copy.document, authorization.document)
    assert found() == []


def test_names_an_estimate_without_a_revision() -> None:
    estimate = EstimateFactory(lines=None)
    assert found() == [f"{estimate.number}: it has no revision"]


def test_names_a_mirror_that_lies() -> None:
    revision = stages.sent()
    Estimate.objects.update(total=Decimal("1.00"))
    assert found() == [f"{revision.estimate.number}: status or total is not that of revision 1"]


def test_names_a_net_and_totals_that_do_not_add_up() -> None:
    revision = stages.draft(LABOUR)
    EstimateLine.objects.update(net=Decimal("143.00"))
    assert found() == [
        f"{revision}: line 1 is not its quantity times its price",
        f"{revision}: the totals are not those of its lines",
    ]


def test_names_what_was_sent_and_no_longer_fits_its_hash() -> None:
    revision = stages.sent()
    with frozen_rows_thawed():
        EstimateRevision.objects.update(canonical_json="{}")
    assert found() == [f"{revision}: the hash is not that of what was sent"]


def test_names_rows_that_do_not_say_what_was_sent() -> None:
    revision = stages.sent()
    with frozen_rows_thawed():
        EstimateLine.objects.filter(position=1).update(description="Something else")
    assert found() == [f"{revision}: its rows do not say what was sent"]


def test_names_a_sent_one_without_document_or_email() -> None:
    revision = stages.sent()
    with frozen_rows_thawed():
        EstimateRevision.objects.update(document=None)
    OutgoingEmail.objects.all().delete()
    assert found() == [
        f"{revision}: it has no document",
        f"{revision}: it counts as mailed, but there is no e-mail",
    ]


def test_names_an_answer_to_what_was_never_answered() -> None:
    revision = stages.sent()
    stages.record(revision, YES, NO)
    EstimateRevision.objects.update(status="expired")
    Estimate.objects.update(status="expired")
    assert found() == [f"{revision}: it was answered, but its status is expired"]


def test_names_lines_left_without_an_answer() -> None:
    revision = stages.sent()
    stages.record(revision, YES, NO)
    with frozen_rows_thawed():
        LineAnswer.objects.filter(line__position=2).delete()
    assert found() == [f"{revision}: lines [2] were left without an answer"]


def test_names_an_answer_to_a_line_of_another_revision() -> None:
    revision = stages.sent()
    stages.record(revision, YES, NO)
    strange = stages.lines_of(stages.draft())[0]
    with frozen_rows_thawed():
        LineAnswer.objects.filter(line__position=2).update(line=strange)
    assert found() == [
        f"{revision}: an answer belongs to a line of another revision",
        f"{revision}: lines [2] were left without an answer",
    ]


def test_names_a_signature_under_something_else() -> None:
    revision = stages.sent()
    authorization = stages.answer(revision, YES, NO)
    with frozen_rows_thawed():
        Signature.objects.update(subject_sha256="0" * 64)
        type(authorization).objects.update(document=None)
    assert found() == [
        f"{revision}: what was signed is not what was sent",
        f"{revision}: a signed answer has no sealed copy",
    ]


def test_names_a_pdf_that_was_changed_or_taken_away() -> None:
    revision = stages.sent()
    stages.typeset(revision.document)
    document = Document.objects.get()
    path = document.file.path
    with open(path, "ab") as file:
        file.write(b" ")
    assert found() == [f"{document.title}: its PDF was changed"]
    document.file.storage.delete(document.file.name)
    assert found() == [f"{document.title}: its PDF is not there"]
