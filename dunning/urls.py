"""The staff's pages about reminders."""

from django.urls import path

from dunning.views import (
    agenda,
    calendar,
    calls,
    customer,
    fees,
    invoice_actions,
    ladders,
    letters,
    pausing,
    reminders,
    texts,
)

urlpatterns = [
    path("dunning/", agenda.agenda, name="dunning-agenda"),
    path("dunning/approve/", agenda.approve, name="dunning-approve"),
    path("dunning/calendar/", calendar.calendar, name="dunning-calendar"),
    path("invoices/<str:number>/remind/", invoice_actions.remind, name="invoice-remind"),
    path("invoices/<str:number>/dunning/", invoice_actions.decide, name="invoice-dunning-decide"),
    path("invoices/<str:number>/dunning/stop/", invoice_actions.stop, name="invoice-dunning-stop"),
    path(
        "invoices/<str:number>/dunning/start/", invoice_actions.start, name="invoice-dunning-start"
    ),
    path(
        "invoices/<str:number>/dunning/restart/",
        invoice_actions.restart,
        name="invoice-dunning-restart",
    ),
    path("dunning/reminders/", reminders.reminder_list, name="reminder-list"),
    path("dunning/reminders/export.csv", reminders.export, name="reminder-export"),
    path("dunning/reminders/<uuid:pk>/", reminders.reminder, name="reminder"),
    path("dunning/reminders/<uuid:pk>/approve/", reminders.approve, name="reminder-approve"),
    path("dunning/reminders/<uuid:pk>/skip/", reminders.skip, name="reminder-skip"),
    path("dunning/reminders/<uuid:pk>/settle/", reminders.settle, name="reminder-settle"),
    path("dunning/reminders/<uuid:pk>/bounced/", reminders.bounced, name="reminder-bounced"),
    path("dunning/reminders/<uuid:pk>/replied/", reminders.replied, name="reminder-replied"),
    path("customers/<uuid:pk>/address-mended/", reminders.mended, name="address-mended"),
    path("dunning/letters/", letters.letter_list, name="letter-list"),
    path("dunning/letters/make/", letters.make, name="letter-make"),
    path("dunning/letters/take-back/", letters.take_back, name="letter-take-back"),
    path("dunning/letters/posted/", letters.posted, name="letter-posted"),
    path("dunning/letters/all.pdf", letters.pdf, name="letter-pdf"),
    path("dunning/letters/addresses.csv", letters.addresses, name="letter-addresses"),
    path("dunning/calls/", calls.call_list, name="call-list"),
    path("dunning/calls/<uuid:pk>/", calls.note, name="call-note"),
    path("dunning/fees/", fees.fee_list, name="fee-list"),
    path("dunning/fees/claim/", fees.claim, name="fee-claim"),
    path("dunning/fees/<uuid:pk>/", fees.fee, name="fee"),
    path("dunning/fees/<uuid:pk>/waive/", fees.waive, name="fee-waive"),
    path("dunning/pause/", pausing.pause, name="dunning-pause"),
    path("dunning/resume/", pausing.resume, name="dunning-resume"),
    path("customers/<uuid:pk>/dunning/", customer.customer_ladder, name="customer-ladder"),
    path("settings/dunning/", ladders.ladder_list, name="ladder-list"),
    path("settings/dunning/new/", ladders.new, name="ladder-new"),
    path("settings/dunning/texts/", texts.text_list, name="reminder-text-list"),
    path("settings/dunning/texts/<str:template>/<str:language>/", texts.text, name="reminder-text"),
    path("settings/dunning/<uuid:ladder_id>/", ladders.edit, name="ladder"),
    path("settings/dunning/<uuid:ladder_id>/default/", ladders.make_default, name="ladder-default"),
    path(
        "settings/dunning/<uuid:ladder_id>/versions/<int:number>/",
        ladders.version,
        name="ladder-version",
    ),
]
