"""The staff's pages about money."""

from django.urls import path

from invoices.views import banking, correcting, detail, drafts, lists, reports, settings

urlpatterns = [
    path("invoices/", lists.invoice_list, name="invoice-list"),
    path("invoices/export.csv", lists.export, name="invoice-export"),
    path("invoices/export.xlsx", lists.export_xlsx, name="invoice-export-xlsx"),
    path("repair-orders/<str:number>/invoices/", drafts.new, name="invoice-new"),
    path("invoices/drafts/<uuid:draft_id>/", drafts.draft, name="invoice-draft"),
    path("invoices/drafts/<uuid:draft_id>/totals/", drafts.totals, name="invoice-draft-totals"),
    path("invoices/drafts/<uuid:draft_id>/discard/", drafts.discard, name="invoice-draft-discard"),
    path("invoices/drafts/<uuid:draft_id>/issue/", drafts.issue, name="invoice-issue"),
    path("invoices/<str:number>/", detail.invoice, name="invoice"),
    path("invoices/<str:number>/pdf/", detail.pdf, name="invoice-pdf"),
    path("invoices/<str:number>/send/", correcting.send, name="invoice-send"),
    path("invoices/<str:number>/credit/", correcting.credit, name="invoice-credit"),
    path("invoices/<str:number>/void/", correcting.void, name="invoice-void"),
    path("invoices/<str:number>/write-off/", correcting.write_off, name="invoice-write-off"),
    path("invoices/<str:number>/recover/", correcting.recover, name="invoice-recover"),
    path("settings/billing/", settings.billing_settings, name="billing-settings"),
    path("reports/", reports.reports, name="reports"),
    path("reports/<slug:which>.csv", reports.export, name="reports-export"),
    path("bank/", banking.import_list, name="bank-import-list"),
    path("bank/new/", banking.new, name="bank-import-new"),
    path("bank/<uuid:import_id>/", banking.review, name="bank-import"),
    path("bank/<uuid:import_id>/exact/", banking.exact, name="bank-import-exact"),
    path("bank/lines/<uuid:line_id>/", banking.line, name="bank-line"),
    path("bank/lines/<uuid:line_id>/ignore/", banking.ignore, name="bank-line-ignore"),
    path("bank/lines/<uuid:line_id>/reopen/", banking.reopen, name="bank-line-reopen"),
]
