"""The shop's frequent jobs: the bunches of lines that the editor offers."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from estimates.forms.drafting import JobForm
from estimates.forms.lines import JobLineEditor
from estimates.models import JobTemplate
from estimates.services import jobs
from shopdisputes.actors import DESK
from shopdisputes.errors import DomainError
from shopdisputes.web.requests import StaffRequest, staff
from shopdisputes.web.responses import refused, see_other

EDITOR = "estimates/job.html"


@require_safe
@staff(*DESK)
def job_list(request: StaffRequest) -> HttpResponse:
    """Show the frequent jobs, those on offer first."""
    found = (
        JobTemplate.objects.for_shop(request.shop)
        .annotate(line_count=Count("lines"))
        .order_by("-is_active", "name")
    )
    return render(request, "estimates/job_list.html", {"jobs": found})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def new(request: StaffRequest) -> HttpResponseBase:
    """Write a frequent job."""
    if request.method != "POST":
        form = JobForm(initial={"language": request.shop.language})
        return _show(request, None, form, JobLineEditor.blank(request.shop, focused=False))
    return _take(request, None, timezone.now())


@require_http_methods(["GET", "HEAD", "POST"])
@staff(*DESK)
def edit(request: StaffRequest, job_id: UUID) -> HttpResponseBase:
    """Change a frequent job; estimates keep the lines they took from it."""
    job = get_object_or_404(JobTemplate.objects.for_shop(request.shop), pk=job_id)
    if request.method != "POST":
        lines = job.lines.order_by("position")
        editor = JobLineEditor.showing(lines, shop=request.shop)
        return _show(request, job, JobForm.showing(job), editor)
    return _take(request, job, timezone.now())


@require_POST
@staff(*DESK)
def offer(request: StaffRequest, job_id: UUID) -> HttpResponseBase:
    """Offer a job in the editor, or stop offering it."""
    job = get_object_or_404(JobTemplate.objects.for_shop(request.shop), pk=job_id)
    is_active = request.POST.get("offered") == "1"
    jobs.set_active(job=job, is_active=is_active, by=request.actor, at=timezone.now())
    words = (
        _("%(name)s is offered in the editor again.")
        if is_active
        else _("%(name)s is not offered any more.")
    )
    messages.success(request, words % {"name": job.name})
    return see_other("job-list")


def _take(request: StaffRequest, job: JobTemplate | None, at: datetime) -> HttpResponseBase:
    action = request.POST.get("do", "save")
    form = JobForm(request.POST)
    if action != "save":
        editor = JobLineEditor.typed(request.POST, shop=request.shop)
        editor.perform(action)
        return _show(request, job, form.as_typed(), editor)
    editor = JobLineEditor.posted(request.POST, shop=request.shop)
    checks = [form.is_valid(), editor.is_valid()]
    if not all(checks):
        return refused(request, EDITOR, _context(job, form, editor), form)
    values = form.cleaned_data
    facts: dict[str, Any] = {
        "name": values["name"],
        "language": values["language"],
        "lines": editor.job_lines(),
        "by": request.actor,
        "at": at,
    }
    try:
        if job is None:
            jobs.create(shop=request.shop, **facts)
        else:
            jobs.change(job=job, is_active=values["is_active"], **facts)
    except DomainError as error:
        editor.take_errors(error)
        return refused(request, EDITOR, _context(job, form, editor), error)
    messages.success(request, _("%(name)s was saved.") % {"name": values["name"]})
    return see_other("job-list")


def _show(
    request: StaffRequest, job: JobTemplate | None, form: JobForm, editor: JobLineEditor
) -> HttpResponse:
    return render(request, EDITOR, _context(job, form, editor))


def _context(job: JobTemplate | None, form: JobForm, editor: JobLineEditor) -> dict[str, Any]:
    return {
        "job": job,
        "form": form,
        "editor": editor,
        "problems": list(editor.problems()),
    }
