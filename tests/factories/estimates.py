"""Estimates and what hangs on them."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import factory

from estimates.models import (
    Authorization,
    Estimate,
    EstimateLine,
    EstimateRevision,
    JobTemplate,
    JobTemplateLine,
    LineAnswer,
    PaperCopy,
)
from estimates.pricing import LineInput
from estimates.services import answering, drafting, sending
from estimates.states import (
    Answer,
    AuthorizationMode,
    LineKind,
    Necessity,
    PartCondition,
    RevisionStatus,
)
from shopdisputes.actors import Actor, Role
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import DocumentKind
from shopdisputes.evidence import EvidenceLevel
from shopdisputes.links.models import AccessLink
from shopdisputes.money import to_cents
from tests.factories.base import ShopOwnedFactory, now
from tests.factories.documents import DocumentFactory
from tests.factories.repairorders import RepairOrderFactory
from tests.factories.shops import ShopFactory

ADVISOR = Actor(role=Role.ADVISOR, name="Ada Advisor")
#: 144.00 + 57.90 = 201.90 before tax, 242.28 with it.
BRAKES: tuple[dict[str, Any], ...] = (
    {
        "kind": LineKind.LABOUR,
        "description": "Replace the front brake pads",
        "reason": "The pads are down to 2 mm.",
        "quantity": Decimal("1.8"),
        "unit_price": Decimal("80.00"),
        "tax_rate": Decimal("20.00"),
        "necessity": Necessity.REQUIRED,
    },
    {
        "kind": LineKind.PART,
        "description": "Front brake pads, set",
        "quantity": Decimal("1"),
        "unit_price": Decimal("57.90"),
        "tax_rate": Decimal("20.00"),
        "necessity": Necessity.RECOMMENDED,
        "part_condition": PartCondition.NEW,
    },
)


class LineFactory(ShopOwnedFactory):
    """A line of a revision; its ``net`` follows from quantity and price."""

    _parents = ("revision",)

    class Meta:
        model = EstimateLine

    shop = factory.SubFactory(ShopFactory)
    revision = factory.SubFactory(
        "tests.factories.estimates.RevisionFactory", shop=factory.SelfAttribute("..shop")
    )
    position = factory.LazyAttribute(lambda line: line.revision.lines.count() + 1)
    kind = LineKind.LABOUR
    description = "Replace the front brake pads"
    quantity = Decimal("1.5")
    unit_price = Decimal("80.00")
    tax_rate = Decimal("20.00")
    net = factory.LazyAttribute(lambda line: to_cents(line.quantity * line.unit_price))


class RevisionFactory(ShopOwnedFactory):
    """A bare draft without lines; its trait ``sent`` only satisfies the constraints.

    For a revision that has lived, take ``EstimateFactory``.
    """

    _parents = ("estimate",)

    class Meta:
        model = EstimateRevision

    class Params:
        sent = factory.Trait(
            status=RevisionStatus.SENT,
            sent_at=now,
            sent_to="camille@customer.example",
            canonical_json="{}",
            sha256=sha256_hex("{}"),
        )

    shop = factory.SubFactory(ShopFactory)
    estimate = factory.SubFactory(
        "tests.factories.estimates.EstimateFactory",
        shop=factory.SelfAttribute("..shop"),
        lines=None,
    )
    number = 1
    currency = "EUR"
    created_at = now
    valid_until = factory.LazyAttribute(lambda made: (made.created_at + timedelta(days=30)).date())
    created_by = "Person 1"


class EstimateFactory(ShopOwnedFactory):
    """An estimate whose first revision is a draft with the lines ``BRAKES``.

    ``lines`` are other lines; None leaves the estimate without a revision. ``sent`` mails it to
    the customer; ``answered`` is what the customer says to each line, in their order, with a
    typed signature: ``("authorized", "deferred")``, or True to authorize everything.
    """

    _parents = ("repair_order",)

    class Meta:
        model = Estimate

    shop = factory.SubFactory(ShopFactory)
    repair_order = factory.SubFactory(RepairOrderFactory, shop=factory.SelfAttribute("..shop"))
    number = ""
    created_at = now

    @classmethod
    def _create(
        cls,
        model_class: type[Estimate],
        *args: Any,
        lines: Sequence[dict[str, Any]] | None = BRAKES,
        sent: bool = False,
        answered: Sequence[str] | bool = False,
        **kwargs: Any,
    ) -> Estimate:
        if lines is None:
            kwargs["number"] = kwargs["number"] or f"EST-{uuid.uuid4().hex[:8]}"
            return super()._create(model_class, *args, **kwargs)
        at = kwargs["created_at"]
        revision = drafting.create(
            repair_order=kwargs["repair_order"],
            lines=[LineInput(**line) for line in lines],
            by=ADVISOR,
            at=at,
        )
        estimate = revision.estimate
        if kwargs["number"]:
            estimate.number = kwargs["number"]
            estimate.save(update_fields=["number"])
        if sent or answered:
            revision = sending.send(revision=revision, by=ADVISOR, at=at)
        if answered:
            _answer(revision, None if answered is True else answered, at=at)
        estimate.refresh_from_db()
        return estimate


def _answer(revision: EstimateRevision, given: Sequence[str] | None, *, at: datetime) -> None:
    link = AccessLink.objects.get(target_id=revision.pk)
    lines = list(revision.lines.in_order())
    answers = given or [Answer.AUTHORIZED] * len(lines)
    answering.answer(
        link=link,
        revision_sha256=revision.sha256,
        answers={line.pk: said for line, said in zip(lines, answers, strict=True)},
        signer_name=link.recipient_name,
        drawn=None,
        code="",
        consent=True,
        signer_timezone="Europe/Paris",
        by=Actor(role=Role.CUSTOMER, name=link.recipient_name, ip_address="203.0.113.7"),
        at=at,
    )


class AuthorizationFactory(ShopOwnedFactory):
    """A row of an oral answer without answers to lines, for tests of the model itself."""

    _parents = ("revision",)

    class Meta:
        model = Authorization

    shop = factory.SubFactory(ShopFactory)
    revision = factory.SubFactory(RevisionFactory, shop=factory.SelfAttribute("..shop"), sent=True)
    mode = AuthorizationMode.ORAL
    evidence_level = EvidenceLevel.L0
    person = "Camille Durand"
    contact = "+33612345678"
    at = now
    recorded_at = now
    recorded_by = "Person 1"
    added_amount = Decimal("0.00")
    new_total = Decimal("0.00")
    objection_until = factory.LazyAttribute(lambda made: made.recorded_at + timedelta(hours=24))


class LineAnswerFactory(ShopOwnedFactory):
    """The answer to one line."""

    _parents = ("authorization",)

    class Meta:
        model = LineAnswer

    shop = factory.SubFactory(ShopFactory)
    authorization = factory.SubFactory(AuthorizationFactory, shop=factory.SelfAttribute("..shop"))
    line = factory.SubFactory(
        LineFactory,
        shop=factory.SelfAttribute("..shop"),
        revision=factory.SelfAttribute("..authorization.revision"),
    )
    answer = Answer.AUTHORIZED


class JobTemplateFactory(ShopOwnedFactory):
    """A frequent job without lines."""

    class Meta:
        model = JobTemplate

    shop = factory.SubFactory(ShopFactory)
    name = factory.Sequence(lambda n: f"Oil change {n}")
    language = "en"
    created_at = now


class JobTemplateLineFactory(ShopOwnedFactory):
    """A line of a frequent job, at the shop's rate."""

    _parents = ("template",)

    class Meta:
        model = JobTemplateLine

    shop = factory.SubFactory(ShopFactory)
    template = factory.SubFactory(JobTemplateFactory, shop=factory.SelfAttribute("..shop"))
    position = factory.LazyAttribute(lambda line: line.template.lines.count() + 1)
    kind = LineKind.LABOUR
    description = "Change the oil"
    quantity = Decimal("0.5")


class PaperCopyFactory(ShopOwnedFactory):
    """A print for signature whose PDF waits for the typesetter."""

    _parents = ("revision",)

    class Meta:
        model = PaperCopy

    id = factory.LazyFunction(uuid.uuid4)
    shop = factory.SubFactory(ShopFactory)
    revision = factory.SubFactory(RevisionFactory, shop=factory.SelfAttribute("..shop"), sent=True)
    document = factory.SubFactory(
        DocumentFactory,
        shop=factory.SelfAttribute("..shop"),
        kind=DocumentKind.ESTIMATE_FOR_PAPER,
    )
    printed_at = now
    printed_by = "Person 1"
