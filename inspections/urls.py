"""The staff's pages about inspections and checklists."""

from django.urls import URLPattern, path

from inspections.views import checklists, comparing, detail, lists, media, running, sharing

urlpatterns: list[URLPattern] = [
    path("inspections/", lists.inspection_list, name="inspection-list"),
    path("inspections/export.csv", lists.export, name="inspection-export"),
    path("repair-orders/<str:number>/inspections/new/", running.new, name="inspection-new"),
    path("inspections/<str:number>/", detail.inspection, name="inspection"),
    path("inspections/<str:number>/run/", running.run, name="inspection-run"),
    path("inspections/<str:number>/items/", running.add_item, name="inspection-item-add"),
    path(
        "inspections/<str:number>/items/<uuid:item_id>/",
        running.item,
        name="inspection-item",
    ),
    path(
        "inspections/<str:number>/items/<uuid:item_id>/remove/",
        running.remove_item,
        name="inspection-item-remove",
    ),
    path(
        "inspections/<str:number>/items/<uuid:item_id>/media/",
        media.add,
        name="inspection-item-media",
    ),
    path(
        "inspections/<str:number>/media/<uuid:media_id>/",
        media.describe,
        name="inspection-media-describe",
    ),
    path(
        "inspections/<str:number>/media/<uuid:media_id>/remove/",
        media.remove,
        name="inspection-media-remove",
    ),
    path("inspections/<str:number>/note/", running.note, name="inspection-note"),
    path("inspections/<str:number>/rest/", running.rest, name="inspection-rest"),
    path("inspections/<str:number>/complete/", running.complete, name="inspection-complete"),
    path("inspections/<str:number>/reopen/", detail.reopen, name="inspection-reopen"),
    path("inspections/<str:number>/discard/", detail.discard, name="inspection-discard"),
    path("inspections/<str:number>/share/", sharing.share, name="inspection-share"),
    path("inspections/<str:number>/hand-over/", sharing.hand_over, name="inspection-hand-over"),
    path("inspections/<str:number>/compare/", comparing.compare, name="inspection-compare"),
    path(
        "inspections/<str:number>/compare/pdf/",
        comparing.compare_pdf,
        name="inspection-compare-pdf",
    ),
    path("settings/checklists/", checklists.checklist_list, name="checklist-list"),
    path("settings/checklists/new/", checklists.new, name="checklist-new"),
    path("settings/checklists/restore/", checklists.restore, name="checklist-restore"),
    path("settings/checklists/<uuid:checklist_id>/", checklists.edit, name="checklist"),
    path(
        "settings/checklists/<uuid:checklist_id>/offer/", checklists.offer, name="checklist-offer"
    ),
    path(
        "settings/checklists/<uuid:checklist_id>/versions/<int:number>/",
        checklists.version,
        name="checklist-version",
    ),
]
