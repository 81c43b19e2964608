"""What customers say to inspections, told to the services themselves, for tests of what follows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from inspections.models import Acknowledgement, Inspection, ItemRemark, RemarkFile
from inspections.services import answering
from shopdisputes.documents.models import Document
from shopdisputes.errors import DomainError
from shopdisputes.signing.models import Signature
from shopdisputes.uploads.models import Intake
from shopdisputes.uploads.states import IntakeStatus
from tests import media
from tests.factories import NOW, InspectionFactory
from tests.inspections import stages
from tests.inspections.stages import CUSTOMER


def shared(**options: Any) -> Inspection:
    """An inspection that waits for its answer until 19 March, a day of the shop in Paris."""
    return InspectionFactory(shared=True, **options)


def answer(
    inspection: Inspection, said: str = "agree", *, at: datetime = NOW, **other: Any
) -> Acknowledgement:
    """The customer's answer by the newest link, typed."""
    told: dict[str, Any] = {
        "link": other["link"] if "link" in other else stages.link_of(inspection),
        "inspection_sha256": inspection.sha256,
        "answer": said,
        "remarks": "",
        "item_remarks": {},
        "signer_name": "Camille Durand",
        "drawn": None,
        "consent": True,
        "signer_timezone": "Europe/Paris",
        "by": CUSTOMER,
        "at": at,
    }
    return answering.answer(**told | other)


def attach(
    inspection: Inspection, content: bytes = b"", *, at: datetime = NOW, **other: Any
) -> RemarkFile:
    """A file that the customer adds by the newest link; without content a photo."""
    told: dict[str, Any] = {
        "link": stages.link_of(inspection) if "link" not in other else other["link"],
        "item": None,
        "upload": stages.upload(content or media.jpeg()),
        "by": CUSTOMER,
        "at": at,
    }
    return answering.attach(**told | other)


def previews_are_there() -> None:
    """Every file has been looked at; none of them could be drawn."""
    Intake.objects.exclude(status=IntakeStatus.QUARANTINED).update(status=IntakeStatus.FAILED)


def first_item(inspection: Inspection) -> UUID:
    """The key of the scratched bumper."""
    return stages.item_of(inspection, "bumper_front").pk


def refused(error: type[DomainError], act: Callable[[], Any]) -> DomainError:
    """The refusal, after which everything is as before."""
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    return caught.value


def everything() -> list[Any]:
    """What must not change when something is refused."""
    return [
        *stages.everything(),
        *(
            list(model._default_manager.order_by("pk").values())
            for model in (ItemRemark, RemarkFile, Signature)
        ),
        list(Document.objects.order_by("pk").values("pk", "status")),
    ]
