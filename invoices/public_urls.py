"""What customers reach through their link, below ``/c/``."""

from django.urls import path

from invoices.public_views import invoice, plan, stop

urlpatterns = [
    path("invoice/<str:token>/", invoice.show, name="public-invoice"),
    path("invoice/<str:token>/promise/", invoice.promise, name="public-invoice-promise"),
    path("invoice/<str:token>/paid/", invoice.paid, name="public-invoice-paid"),
    path("invoice/<str:token>/wrong/", invoice.wrong, name="public-invoice-wrong"),
    path("invoice/<str:token>/sign/", invoice.sign, name="public-invoice-sign"),
    path("invoice/<str:token>/displayed/", invoice.displayed, name="public-invoice-displayed"),
    path("invoice/<str:token>/pdf/", invoice.pdf, name="public-invoice-pdf"),
    path("invoice/<str:token>/signed/", invoice.signed, name="public-invoice-signed"),
    path(
        "invoice/<str:token>/credit-notes/<uuid:note_id>/",
        invoice.credit_note,
        name="public-invoice-credit-note",
    ),
    path("plan/<str:token>/", plan.show, name="public-plan"),
    path("plan/<str:token>/sign/", plan.sign, name="public-plan-sign"),
    path("plan/<str:token>/decline/", plan.decline, name="public-plan-decline"),
    path("plan/<str:token>/displayed/", plan.displayed, name="public-plan-displayed"),
    path("plan/<str:token>/pdf/", plan.pdf, name="public-plan-pdf"),
    path("stop/<str:token>/", stop.show, name="public-stop"),
    path("stop/<str:token>/sign/", stop.sign, name="public-stop-sign"),
    path("stop/<str:token>/displayed/", stop.displayed, name="public-stop-displayed"),
    path("stop/<str:token>/pdf/", stop.pdf, name="public-stop-pdf"),
    path("stop/<str:token>/signed/", stop.signed, name="public-stop-signed"),
]
