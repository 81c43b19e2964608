"""The staff's pages about money."""

from django.urls import path

from invoices.views import banking

urlpatterns = [
    path("bank/", banking.import_list, name="bank-import-list"),
    path("bank/new/", banking.new, name="bank-import-new"),
    path("bank/<uuid:import_id>/", banking.review, name="bank-import"),
    path("bank/<uuid:import_id>/exact/", banking.exact, name="bank-import-exact"),
    path("bank/lines/<uuid:line_id>/", banking.line, name="bank-line"),
    path("bank/lines/<uuid:line_id>/ignore/", banking.ignore, name="bank-line-ignore"),
    path("bank/lines/<uuid:line_id>/reopen/", banking.reopen, name="bank-line-reopen"),
]
