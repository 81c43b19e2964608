"""The staff's pages about reminders."""

from django.urls import path

from dunning.views import agenda, reminders

urlpatterns = [
    path("dunning/", agenda.agenda, name="dunning-agenda"),
    path("dunning/approve/", agenda.approve, name="dunning-approve"),
    path("dunning/reminders/", reminders.reminder_list, name="reminder-list"),
    path("dunning/reminders/export.csv", reminders.export, name="reminder-export"),
    path("dunning/reminders/<uuid:pk>/", reminders.reminder, name="reminder"),
    path("dunning/reminders/<uuid:pk>/approve/", reminders.approve, name="reminder-approve"),
    path("dunning/reminders/<uuid:pk>/skip/", reminders.skip, name="reminder-skip"),
    path("dunning/reminders/<uuid:pk>/settle/", reminders.settle, name="reminder-settle"),
]
