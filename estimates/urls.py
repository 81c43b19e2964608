"""The staff's pages about estimates."""

from django.urls import path

from estimates.views import deferred, detail, drafting, jobs, lists, recording, sending

urlpatterns = [
    path("estimates/", lists.estimate_list, name="estimate-list"),
    path("estimates/export.csv", lists.export, name="estimate-export"),
    path(
        "repair-orders/<str:number>/estimates/new/",
        drafting.new,
        name="estimate-new",
    ),
    path(
        "repair-orders/<str:number>/estimates/totals/",
        drafting.totals_of_new,
        name="estimate-new-totals",
    ),
    path("estimates/<str:number>/", detail.estimate, name="estimate"),
    path("estimates/<str:number>/edit/", drafting.edit, name="estimate-edit"),
    path("estimates/<str:number>/totals/", drafting.totals, name="estimate-totals"),
    path("estimates/<str:number>/discard/", drafting.discard, name="estimate-discard"),
    path("estimates/<str:number>/revise/", drafting.revise, name="estimate-revise"),
    path("estimates/<str:number>/duplicate/", drafting.duplicate, name="estimate-duplicate"),
    path("estimates/<str:number>/send/", sending.send, name="estimate-send"),
    path("estimates/<str:number>/preview/", sending.preview, name="estimate-preview"),
    path("estimates/<str:number>/resend/", sending.resend, name="estimate-resend"),
    path("estimates/<str:number>/withdraw/", sending.withdraw, name="estimate-withdraw"),
    path("estimates/<str:number>/call-done/", detail.call_done, name="estimate-call-done"),
    path("estimates/<str:number>/oral/", recording.oral, name="estimate-oral"),
    path("estimates/<str:number>/oral/totals/", recording.what_if, name="estimate-oral-totals"),
    path("estimates/<str:number>/in-person/", recording.in_person, name="estimate-in-person"),
    path("estimates/<str:number>/paper/", recording.paper, name="estimate-paper"),
    path(
        "estimates/<str:number>/paper/print/",
        recording.print_paper,
        name="estimate-paper-print",
    ),
    path("deferred-work/", deferred.deferred_work, name="deferred-work"),
    path("deferred-work/export.csv", deferred.export, name="deferred-work-export"),
    path("settings/jobs/", jobs.job_list, name="job-list"),
    path("settings/jobs/new/", jobs.new, name="job-new"),
    path("settings/jobs/<uuid:job_id>/", jobs.edit, name="job-edit"),
    path("settings/jobs/<uuid:job_id>/offer/", jobs.offer, name="job-offer"),
]
