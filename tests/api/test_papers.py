"""The PDFs that the API gives out."""

from datetime import timedelta

import pytest
import time_machine

from estimates.models import Estimate
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents import tasks
from shopdisputes.shops.models import Shop
from tests.api.conftest import Program
from tests.factories import EstimateFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def estimate(shop: Shop) -> Estimate:
    return EstimateFactory(shop=shop, answered=("authorized", "deferred"))


def test_a_paper_that_is_still_being_made_is_409(api: Program, estimate: Estimate) -> None:
    for paper in ("pdf", "signed-pdf"):
        response = api.get(f"estimates/{estimate.pk}/{paper}/")

        assert response.status_code == 409
        assert response.json()["code"] == "not-ready"


def test_a_paper_that_will_never_be_is_404(api: Program, shop: Shop) -> None:
    draft = EstimateFactory(shop=shop)

    for paper in ("pdf", "signed-pdf"):
        assert api.get(f"estimates/{draft.pk}/{paper}/").status_code == 404


def test_both_papers_come_with_the_hash_that_the_signature_names(
    api: Program, estimate: Estimate, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(seconds=1))
    tasks.drain()

    offered = api.get(f"estimates/{estimate.pk}/pdf/", Accept="application/pdf")
    signed = api.get(f"estimates/{estimate.pk}/signed-pdf/")

    contents = [b"".join(paper.streaming_content) for paper in (offered, signed)]
    assert [content[:5] for content in contents] == [b"%PDF-", b"%PDF-"]
    assert signed["Content-Type"] == "application/pdf"
    assert estimate.number in signed["Content-Disposition"]
    (signature,) = api.get(f"estimates/{estimate.pk}/").json()["signatures"]
    assert signature["document_sha256"] == sha256_hex(contents[1])
    assert signed["ETag"] == f'"{sha256_hex(contents[1])}"'
