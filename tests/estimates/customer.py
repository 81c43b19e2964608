"""A customer with a link, for tests of what is behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.utils import timezone

from estimates.models import EstimateLine, EstimateRevision
from estimates.pricing import LineInput
from estimates.services import drafting, sending
from shopdisputes.actors import Actor, Role
from shopdisputes.links.models import AccessLink, LinkPurpose
from shopdisputes.links.tokens import token_of
from tests.factories import EstimateFactory

DESK = Actor(role=Role.ADVISOR, name="Ada Advisor")


@dataclass
class Holder:
    """Who holds a link, and what it opens."""

    revision: EstimateRevision
    link: AccessLink
    browser: Client

    @property
    def url(self) -> str:
        """The page behind the link."""
        return f"/c/estimate/{token_of(self.link)}/"

    def at(self, name: str, **query: str) -> str:
        """One of the pages below it."""
        return f"{self.url}{name}/" + (f"?{urlencode(query)}" if query else "")

    def answers(self, *given: str) -> dict[str, str]:
        """Answers to the lines in their order, as they stand in an address."""
        positions = [line.position for line in self.revision.lines.order_by("position")]
        return {f"a{n}": answer for n, answer in zip(positions, given, strict=True)}

    def typed(self, **other: str) -> dict[str, str]:
        """A form filled in by hand, without a drawing."""
        return {
            "revision_sha256": self.revision.sha256,
            "signer_timezone": "Europe/Paris",
            "consent": "on",
            "signer_name": "Camille Durand",
        } | other


def holder_of(revision: EstimateRevision) -> Holder:
    """The customer with the link that was mailed with a revision."""
    link = AccessLink.objects.get(target_id=revision.pk, purpose=LinkPurpose.ESTIMATE)
    return Holder(revision, link, Client())


def on_the_tablet(revision: EstimateRevision) -> Holder:
    """The customer in front of the shop's own tablet."""
    link = sending.open_in_person(revision=revision, by=DESK, at=timezone.now())
    return Holder(revision, link, Client())


def send_estimate(
    *, send: Mapping[str, Any] | None = None, valid_until: date | None = None, **options: Any
) -> Holder:
    """Write and send an estimate; ``send`` goes to the service, other options to the factory."""
    estimate = EstimateFactory(**options)
    if valid_until:
        estimate.revisions.update(valid_until=valid_until)
    revision = sending.send(
        revision=estimate.revisions.get(), by=DESK, at=timezone.now(), **(send or {})
    )
    return holder_of(revision)


def replace_estimate(
    holder: Holder, *, added: Sequence[LineInput] = (), **changes: Any
) -> EstimateRevision:
    """Send a further revision: the first line as in ``changes``, the lines ``added`` at the end."""
    lines = [_as_input(line) for line in holder.revision.lines.order_by("position")]
    lines[0] = replace(lines[0], **changes)
    draft = drafting.revise(
        estimate=holder.revision.estimate,
        reason="The discs are worn as well.",
        lines=[*lines, *added],
        by=DESK,
        at=timezone.now(),
    )
    return sending.send(revision=draft, by=DESK, at=timezone.now())


def _as_input(line: EstimateLine) -> LineInput:
    return LineInput(**{field.name: getattr(line, field.name) for field in fields(LineInput)})
