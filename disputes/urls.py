"""The staff's pages about disputes."""

from django.urls import path

from disputes.views import (
    acts,
    agenda,
    detail,
    follow_ups,
    lists,
    reports,
    resolver,
    settings,
    talking,
    wizard,
)

urlpatterns = [
    path("disputes/", lists.case_list, name="dispute-list"),
    path("disputes/export.csv", lists.export, name="dispute-export"),
    path("disputes/agenda/", agenda.agenda, name="dispute-agenda"),
    path("disputes/agenda/export.csv", agenda.export, name="dispute-agenda-export"),
    path("disputes/new/", wizard.new, name="dispute-new"),
    path("disputes/claims/<uuid:claim_id>/", wizard.from_claim, name="dispute-from-claim"),
    path("disputes/<str:number>/", detail.case, name="dispute"),
    path("disputes/<str:number>/tell-resolver/", resolver.tell, name="dispute-tell-resolver"),
    path("disputes/<str:number>/chase/", resolver.chase, name="dispute-chase"),
    path("disputes/<str:number>/hand-over/", resolver.hand_over, name="dispute-hand-over"),
    path(
        "disputes/<str:number>/answers/<uuid:answer_id>/take/",
        resolver.take,
        name="dispute-answer-take",
    ),
    path(
        "disputes/<str:number>/answers/<uuid:answer_id>/refuse/",
        resolver.turn_down,
        name="dispute-answer-refuse",
    ),
    path("disputes/<str:number>/follow-up/", wizard.follow_up, name="dispute-step-follow-up"),
    path("disputes/<str:number>/accept/", talking.take_up, name="dispute-accept"),
    path("disputes/<str:number>/message/", talking.message, name="dispute-message"),
    path("disputes/<str:number>/escalate/", acts.escalate, name="dispute-escalate"),
    path("disputes/<str:number>/release/", acts.release, name="dispute-release"),
    path("disputes/<str:number>/resolve/", acts.resolve, name="dispute-resolve"),
    path("disputes/<str:number>/reject/", acts.reject, name="dispute-reject"),
    path("disputes/<str:number>/withdraw/", acts.withdraw, name="dispute-withdraw"),
    path("disputes/<str:number>/reopen/", acts.reopen, name="dispute-reopen"),
    path("disputes/<str:number>/follow-ups/new/", follow_ups.new, name="dispute-follow-up-new"),
    path(
        "disputes/<str:number>/follow-ups/<uuid:follow_up_id>/",
        follow_ups.change,
        name="dispute-follow-up",
    ),
    path(
        "disputes/<str:number>/follow-ups/<uuid:follow_up_id>/finish/",
        follow_ups.finish,
        name="dispute-follow-up-finish",
    ),
    path("reports/disputes/", reports.reports, name="dispute-reports"),
    path("reports/disputes/<slug:which>.csv", reports.export, name="dispute-reports-export"),
    path("settings/disputes/", settings.reason_list, name="dispute-reason-list"),
    path("settings/disputes/new/", settings.reason_new, name="dispute-reason-new"),
    path("settings/disputes/<uuid:reason_id>/", settings.reason, name="dispute-reason"),
]
