"""Frequent jobs: named bunches of lines that are put into estimates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from estimates.models import JobTemplate, JobTemplateLine
from estimates.states import LineKind, Necessity
from shopdisputes.actors import Actor
from shopdisputes.audit import services as audit
from shopdisputes.errors import Refused
from shopdisputes.shops.locking import lock_shop
from shopdisputes.shops.models import Shop


@dataclass(frozen=True, kw_only=True)
class JobLineInput:
    """A line as somebody wants it. ``unit_price`` None: labour takes the shop's rate."""

    kind: LineKind
    description: str
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    necessity: Necessity = Necessity.REQUIRED
    reason: str = ""
    part_condition: str = ""


class JobNameTaken(Refused):
    """Another frequent job of the shop has this name."""

    code = "job-name-taken"
    default_message = _("Another frequent job has this name.")


class JobWithoutLines(Refused):
    """A frequent job is its lines."""

    code = "job-without-lines"
    default_message = _("A frequent job needs at least one line.")


@transaction.atomic
def create(
    *,
    shop: Shop,
    name: str,
    language: str,
    lines: Sequence[JobLineInput],
    by: Actor,
    at: datetime,
) -> JobTemplate:
    """Make a frequent job.

    Raises:
        JobNameTaken: the name is another one's.
        JobWithoutLines: there is no line.
    """
    lock_shop(shop)
    _check(shop=shop, job=None, name=name, lines=lines)
    job = JobTemplate.objects.create(shop=shop, name=name, language=language, created_at=at)
    _write(job, lines)
    _note(job, "job.created", lines, by=by, at=at)
    return job


@transaction.atomic
def change(
    *,
    job: JobTemplate,
    name: str,
    language: str,
    is_active: bool,
    lines: Sequence[JobLineInput],
    by: Actor,
    at: datetime,
) -> JobTemplate:
    """Change a frequent job; estimates that took its lines keep theirs.

    Raises:
        JobNameTaken: the name is another one's.
        JobWithoutLines: there is no line.
    """
    lock_shop(job.shop)
    job = JobTemplate.objects.select_for_update().get(pk=job.pk)
    _check(shop=job.shop, job=job, name=name, lines=lines)
    job.name, job.language, job.is_active = name, language, is_active
    job.save(update_fields=["name", "language", "is_active"])
    job.lines.all().delete()
    _write(job, lines)
    _note(job, "job.changed", lines, by=by, at=at)
    return job


@transaction.atomic
def set_active(*, job: JobTemplate, is_active: bool, by: Actor, at: datetime) -> JobTemplate:
    """Offer a job in the editor, or no more; the same again does nothing."""
    job = JobTemplate.objects.select_for_update().get(pk=job.pk)
    if job.is_active == is_active:
        return job
    job.is_active = is_active
    job.save(update_fields=["is_active"])
    audit.record(
        shop=job.shop,
        action="job.activated" if is_active else "job.deactivated",
        target=job,
        by=by,
        at=at,
        data={"name": job.name},
    )
    return job


def _check(
    *, shop: Shop, job: JobTemplate | None, name: str, lines: Sequence[JobLineInput]
) -> None:
    others = JobTemplate.objects.for_shop(shop).filter(name__iexact=name)
    if job is not None:
        others = others.exclude(pk=job.pk)
    if others.exists():
        raise JobNameTaken(fields={"name": JobNameTaken.default_message})
    if not lines:
        raise JobWithoutLines(fields={"lines": JobWithoutLines.default_message})


def _write(job: JobTemplate, lines: Sequence[JobLineInput]) -> None:
    JobTemplateLine.objects.bulk_create(
        JobTemplateLine(
            shop=job.shop,
            template=job,
            position=position,
            kind=line.kind,
            description=line.description,
            reason=line.reason,
            quantity=line.quantity,
            unit_price=line.unit_price,
            part_condition=line.part_condition,
            necessity=line.necessity,
        )
        for position, line in enumerate(lines)
    )


def _note(
    job: JobTemplate, action: str, lines: Sequence[JobLineInput], *, by: Actor, at: datetime
) -> None:
    audit.record(
        shop=job.shop,
        action=action,
        target=job,
        by=by,
        at=at,
        data={"name": job.name, "lines": len(lines), "offered": job.is_active},
    )
