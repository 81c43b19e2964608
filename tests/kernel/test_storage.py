"""Where files lie: on the disk before their row, and gone when no row ever came."""

import os
import stat
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from shopdisputes.settings import env
from shopdisputes.uploads import orphans
from shopdisputes.uploads.models import StoredFile
from shopdisputes.uploads.storage import BucketStorage, LocalStorage
from tests.factories import NOW, StoredFileFactory


def aged(path, age):
    written = (NOW - age).timestamp()
    os.utime(path, (written, written))


def plant(media, name, age):
    path = media / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"left behind")
    aged(path, age)
    return path


def test_only_the_owner_of_the_process_reads_what_is_stored(media):
    name = storages["default"].save("originals/shop/ab/abc", ContentFile(b"x"))

    modes = [
        stat.S_IMODE(path.stat().st_mode)
        for path in (media / name, *(media / name).parents)
        if path != media and path.is_relative_to(media)
    ]
    assert modes == [0o600, 0o700, 0o700, 0o700]


def test_a_file_and_the_folders_above_it_are_on_the_disk_when_it_is_saved(media, monkeypatch):
    synced = []
    fsync = os.fsync

    def noted(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    storages["default"].save("originals/shop/abc", ContentFile(b"x"))

    assert synced == [
        (media / part).stat().st_ino
        for part in ("originals/shop/abc", "originals/shop", "originals", "")
    ]


@pytest.mark.django_db
def test_the_sweep_removes_what_has_had_no_row_for_a_day_and_nothing_else(media):
    kept = StoredFileFactory()
    aged(kept.file.path, timedelta(days=400))
    orphan = plant(media, "originals/shop/ab/orphan", timedelta(hours=24, seconds=1))
    young = plant(media, "originals/shop/ab/young", timedelta(hours=24))
    elsewhere = plant(media, "documents/shop/sealed.pdf", timedelta(days=400))

    assert orphans.sweep(at=NOW) == {"known": 1, "orphans": 1, "removed": 1}

    assert not orphan.exists()
    assert young.exists()
    assert elsewhere.exists()
    assert os.path.exists(kept.file.path)
    assert orphans.sweep(at=NOW) == {"known": 1, "orphans": 0, "removed": 0}


@pytest.mark.django_db
def test_the_sweep_removes_nothing_beside_a_database_that_knows_nothing(media, caplog):
    left = [plant(media, f"previews/shop/{n}-web.jpg", timedelta(days=2)) for n in range(3)]

    assert orphans.sweep(at=NOW) == {"known": 0, "orphans": 3, "removed": 0}

    assert all(path.exists() for path in left)
    assert "Is this the right database" in caplog.text
    assert not StoredFile.objects.exists()


def test_a_folder_is_named_by_an_absolute_address(monkeypatch, tmp_path):
    monkeypatch.setenv("STORAGE_URL", "file:///srv/the%20files")
    config = env.storage("STORAGE_URL", default_folder=tmp_path)

    assert config["BACKEND"].endswith(LocalStorage.__name__)
    assert config["OPTIONS"]["location"] == "/srv/the files"
    assert env.storage_origins(config) == []


@pytest.mark.parametrize("address", ["file://files", "file:files", "ftp://files", "s3://", "files"])
def test_an_address_that_is_no_storage_stops_the_start(monkeypatch, tmp_path, address):
    monkeypatch.setenv("STORAGE_URL", address)

    with pytest.raises(ImproperlyConfigured, match="STORAGE_URL must be"):
        env.storage("STORAGE_URL", default_folder=tmp_path)


@pytest.mark.parametrize(
    ("address", "origins"),
    [
        (
            "s3://key:secret@files?endpoint=https://s3.shop.example:9000",
            ["https://s3.shop.example:9000"],
        ),
        ("s3://files", ["https://files.s3.amazonaws.com"]),
        (
            "s3://files?region=eu-west-3",
            ["https://files.s3.amazonaws.com", "https://files.s3.eu-west-3.amazonaws.com"],
        ),
        ("s3://files.shop.example", ["https://s3.amazonaws.com"]),
    ],
)
def test_pages_may_load_photos_from_where_the_addresses_lead(
    monkeypatch, tmp_path, address, origins
):
    monkeypatch.setenv("STORAGE_URL", address)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    config = env.storage("STORAGE_URL", default_folder=tmp_path)
    options = {"access_key": "key", "secret_key": "secret"} | config["OPTIONS"]

    signed = BucketStorage(**options).address(
        "originals/x", content_type="image/png", disposition="inline", caching="no-store"
    )

    assert env.storage_origins(config) == origins
    assert any(signed.startswith(f"{origin}/") for origin in origins)
