"""The Django admin: everything of estimates can be found and read, and almost nothing changed."""

import pytest
from django.test import Client
from django.urls import reverse

from estimates.models import EstimateRevision, JobTemplate
from tests.estimates import stages
from tests.estimates.stages import LATER, YES
from tests.factories import (
    AdministratorFactory,
    JobTemplateFactory,
    JobTemplateLineFactory,
    PaperCopyFactory,
    RepairOrderFactory,
    ShopFactory,
)

pytestmark = pytest.mark.django_db

READ_ONLY = (
    "estimate",
    "estimaterevision",
    "estimateline",
    "authorization",
    "lineanswer",
    "papercopy",
    "jobtemplateline",
)


@pytest.fixture
def administrator():
    client = Client()
    user = AdministratorFactory()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def life(shop):
    """Every kind of row once."""
    revision = stages.sent(order=RepairOrderFactory(shop=shop))
    authorization = stages.record(revision, YES, LATER)
    return {
        "estimate": revision.estimate,
        "estimaterevision": revision,
        "estimateline": revision.lines.first(),
        "authorization": authorization,
        "lineanswer": authorization.answers.first(),
        "papercopy": PaperCopyFactory(revision=revision),
        "jobtemplateline": JobTemplateLineFactory(template=JobTemplateFactory(shop=shop)),
    }


@pytest.mark.parametrize("name", READ_ONLY)
def test_can_be_searched_and_read(administrator, life, name):
    listed = administrator.get(reverse(f"admin:estimates_{name}_changelist"), {"q": "e"})
    assert listed.status_code == 200
    page = administrator.get(reverse(f"admin:estimates_{name}_change", args=[life[name].pk]))
    assert page.status_code == 200
    assert 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("name", READ_ONLY)
def test_has_no_second_door(administrator, life, name):
    before = stages.everything()
    key = life[name].pk
    for path in ("change", "delete"):
        url = reverse(f"admin:estimates_{name}_{path}", args=[key])
        assert administrator.post(url, {"post": "yes", "total": "1.00"}).status_code == 403
    assert administrator.get(reverse(f"admin:estimates_{name}_add")).status_code == 403
    assert stages.everything() == before
    assert EstimateRevision.objects.get().status == "answered"


def test_frequent_jobs_may_be_changed(administrator):
    shop = ShopFactory()
    inline = {
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-position": "0",
        "lines-0-kind": "labour",
        "lines-0-description": "Change the oil",
        "lines-0-quantity": "0.5",
        "lines-0-necessity": "required",
    }
    data = {"shop": str(shop.pk), "name": "Oil", "language": "en", "is_active": "on"} | inline
    response = administrator.post(reverse("admin:estimates_jobtemplate_add"), data)
    assert response.status_code == 302
    job = JobTemplate.objects.get()
    assert job.lines.get().shop == shop
    url = reverse("admin:estimates_jobtemplate_change", args=[job.pk])
    other = ShopFactory()
    page = administrator.get(url)
    assert page.status_code == 200
    changed = data | {
        "shop": str(other.pk),
        "name": "Oil and filter",
        "lines-INITIAL_FORMS": "1",
        "lines-0-id": str(job.lines.get().pk),
        "lines-0-template": str(job.pk),
    }
    assert administrator.post(url, changed).status_code == 302
    job.refresh_from_db()
    assert (job.name, job.shop) == ("Oil and filter", shop)
