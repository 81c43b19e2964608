"""Health, the clockwork run by hand, and the checks that must find what is broken."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.test import Client

from shopdisputes.audit.models import AuditEvent
from shopdisputes.canonical import sha256_hex
from shopdisputes.documents.models import Document
from shopdisputes.ops import invariants
from shopdisputes.outbox.models import OutgoingEmail
from shopdisputes.outbox.states import EmailStatus
from shopdisputes.repairorders.models import RepairOrder
from tests.factories import (
    NOW,
    AccessLinkFactory,
    AuditEventFactory,
    CounterFactory,
    DocumentFactory,
    OutgoingEmailFactory,
    RepairOrderFactory,
    ShopFactory,
    SignatureFactory,
    StoredFileFactory,
    VehicleFactory,
)

pytestmark = pytest.mark.django_db

QUIET_EMAILS = {"oldest_due_seconds": 0.0, "leases_over": 0, "in_doubt": 0, "failed": 0}
QUIET_FILES = {
    "oldest_due_seconds": 0.0,
    "waiting_for_scanner": 0,
    "leases_over": 0,
    "failing": 0,
    "without_preview": 0,
}
QUIET_DOCUMENTS = {"oldest_due_seconds": 0.0, "leases_over": 0, "failing": 0}


def run(command: str, *arguments: str) -> tuple[int, list[str], list[str]]:
    """Run a command; return its exit code and the lines of both outputs."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().splitlines(), err.getvalue().splitlines()
    return 0, out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def database_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(connection, "cursor", away)


def test_says_that_it_is_alive(client: Client) -> None:
    answer = client.get("/healthz/")

    assert (answer.status_code, answer.content) == (200, b"ok")
    assert "no-store" in answer["Cache-Control"]


def test_is_not_alive_without_its_database(client: Client, database_away: None) -> None:
    assert client.get("/healthz/").status_code == 503
    assert client.get("/healthz/progress/").json() == {"ok": False, "reason": "database away"}


@pytest.mark.parametrize("path", ["/healthz/", "/healthz/progress/"])
def test_health_is_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


def test_an_idle_shop_makes_progress(client: Client) -> None:
    OutgoingEmailFactory(next_try_at=NOW + timedelta(days=1))

    answer = client.get("/healthz/progress/")

    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "at": NOW.isoformat(),
        "emails": QUIET_EMAILS,
        "documents": QUIET_DOCUMENTS,
        "files": QUIET_FILES,
        "reminders": {"oldest_due_seconds": 0.0, "in_doubt": 0},
    }


@pytest.mark.parametrize("kind", ["emails", "documents"])
@pytest.mark.parametrize(("age", "status"), [(600, 200), (601, 503)])
def test_work_that_waits_too_long_is_told(client: Client, kind: str, age: int, status: int) -> None:
    since = NOW - timedelta(seconds=age)
    if kind == "emails":
        OutgoingEmailFactory(next_try_at=since)
    else:
        DocumentFactory(next_try_at=since, created_at=since)

    answer = client.get("/healthz/progress/")

    assert (answer.status_code, answer.json()["ok"]) == (status, status == 200)
    assert answer.json()[kind]["oldest_due_seconds"] == age


def test_what_needs_a_person_is_counted(client: Client) -> None:
    OutgoingEmailFactory.create_batch(2, in_doubt=True)
    OutgoingEmailFactory(failed=True)
    OutgoingEmailFactory(status=EmailStatus.HANDING, lease_until=NOW)
    DocumentFactory(attempts=1, next_try_at=NOW + timedelta(minutes=1))

    answer = client.get("/healthz/progress/").json()

    assert answer["emails"] == QUIET_EMAILS | {"in_doubt": 2, "failed": 1, "leases_over": 1}
    assert answer["documents"] == QUIET_DOCUMENTS | {"failing": 1}
    assert answer["ok"] is True


def test_a_tick_does_all_that_is_due_and_a_second_one_nothing(settings: object) -> None:
    document = DocumentFactory()
    email = OutgoingEmailFactory(shop=document.shop)
    email.attachments.add(document)

    first = [json.loads(line) for line in run("tick")[1]]
    before = list(OutgoingEmail.objects.values()) + list(Document.objects.values())
    second = [json.loads(line) for line in run("tick")[1]]
    after = list(OutgoingEmail.objects.values()) + list(Document.objects.values())

    assert [line["job"] for line in first] == list(settings.CELERY_BEAT_SCHEDULE)
    assert {line["at"] for line in first} == {NOW.isoformat()}
    counts = {line["job"]: line["counts"] for line in first}
    assert counts["typeset documents"] == {"put_back": 0, "ready": 1, "failed": 0}
    assert counts["deliver e-mails"] == {"put_back": 0, "swept_in_doubt": 0, "sent": 1}
    assert before == after
    assert not any(count for line in second for count in line["counts"].values())


def test_a_tick_can_act_for_another_moment() -> None:
    email = OutgoingEmailFactory(next_try_at=NOW + timedelta(days=3))

    run("tick")
    assert OutgoingEmail.objects.get().status == "queued"
    run("tick", "--at", "2026-03-19T10:30:00+01:00")

    assert OutgoingEmail.objects.get().status == "sent"
    assert OutgoingEmail.objects.get().sent_at == NOW + timedelta(days=3)
    assert email.status == "queued"


@pytest.mark.parametrize("text", ["yesterday", "2026-03-19T10:30:00"])
def test_a_tick_refuses_a_moment_that_is_none(text: str) -> None:
    with pytest.raises(CommandError, match="--at"):
        run("tick", "--at", text)


def test_an_untouched_audit_trail_is_intact() -> None:
    events = AuditEventFactory.create_batch(2)

    code, out, err = run("verify_audit")

    assert (code, err) == (0, [])
    assert out == [f"{event.shop.slug}: intact" for event in events]


def test_a_changed_event_is_found_and_its_shop_named() -> None:
    event = AuditEventFactory()
    other = AuditEventFactory()
    without_walls(AuditEvent, f"UPDATE {{table}} SET actor_name = 'Nobody' WHERE id = '{event.pk}'")

    code, out, err = run("verify_audit")

    assert code == 1
    assert err == [f"{event.shop.slug}: event 1 was changed"]
    assert out == [f"{event.shop.slug}: broken", f"{other.shop.slug}: intact"]
    assert run("verify_audit", "--shop", other.shop.slug)[0] == 0
    assert run("verify_audit", "--shop", event.shop.slug)[0] == 1


def test_an_unknown_shop_is_no_intact_shop() -> None:
    with pytest.raises(CommandError, match="no shop"):
        run("verify_audit", "--shop", "nowhere")


def without_walls(model: type, statement: str) -> None:
    """Change a frozen row the way somebody with every right on the database could."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        cursor.execute(statement.format(table=f'"{table}"'))
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def test_all_is_well_with_sound_rows() -> None:
    DocumentFactory(ready=True)
    StoredFileFactory()
    SignatureFactory()
    AuditEventFactory()
    link = AccessLinkFactory()
    OutgoingEmailFactory(shop=link.shop, link=link)

    assert list(invariants.broken()) == []
    assert run("check_invariants") == (0, ["all invariants hold"], [])


def test_a_changed_file_is_found() -> None:
    document, stored = DocumentFactory(ready=True), StoredFileFactory()
    for row in (document, stored):
        with open(row.file.path, "ab") as file:
            file.write(b"more")

    assert list(invariants.broken()) == [
        f"documents.document {document.pk}: its file is not the one that was stored",
        f"uploads.storedfile {stored.pk}: its file is not the one that was stored",
    ]


def test_a_lost_file_is_found() -> None:
    document = DocumentFactory(ready=True)
    document.file.storage.delete(document.file.name)

    (sentence,) = invariants.broken()

    assert sentence.startswith(f"documents.document {document.pk}: its file cannot be read")


def test_what_hangs_on_another_shop_is_found() -> None:
    link, vehicle = AccessLinkFactory(), VehicleFactory()
    email = OutgoingEmailFactory(shop=ShopFactory(), link=link)
    type(vehicle).objects.filter(pk=vehicle.pk).update(shop=ShopFactory())

    assert list(invariants.broken()) == [
        f"customers.vehicle {vehicle.pk} and its customer are of two shops",
        f"outbox.outgoingemail {email.pk} and its link are of two shops",
    ]


def test_one_of_several_that_is_anothers_is_found() -> None:
    own = DocumentFactory(ready=True)
    email = OutgoingEmailFactory(shop=own.shop)
    email.attachments.set([own, DocumentFactory(ready=True)])

    assert list(invariants.broken()) == [
        f"outbox.outgoingemail {email.pk} and its attachments are of two shops"
    ]


def test_a_gap_in_the_numbers_is_found() -> None:
    order = RepairOrderFactory()
    RepairOrder.objects.filter(pk=order.pk).update(number="RO-2025-0002")
    CounterFactory(shop=order.shop, series="RO", year=2025, last=3)

    assert f"{order.shop.slug}: RO-2025- lacks the numbers [1, 3]" in list(invariants.broken())


def test_a_number_beyond_the_counter_is_found() -> None:
    order = RepairOrderFactory()
    RepairOrder.objects.filter(pk=order.pk).update(number="RO-2025-0002")
    CounterFactory(shop=order.shop, series="RO", year=2025, last=0)

    assert f"{order.shop.slug}: RO-2025- has numbers beyond the counter's 0" in list(
        invariants.broken()
    )


def test_a_changed_sentence_or_text_is_found() -> None:
    signature = SignatureFactory()
    without_walls(type(signature), "UPDATE {table} SET sentence = 'I authorize 900.00 €.'")

    code, _out, err = run("check_invariants")

    assert code == 1
    assert err == [f"signing.signature {signature.pk}: the sentence was changed", "1 broken"]
    assert signature.sentence_sha256 != sha256_hex("I authorize 900.00 €.")
