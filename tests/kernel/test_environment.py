"""The readers of the environment: what is left out has a default, what is wrong stops the start."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shopdisputes.settings import env


@pytest.mark.parametrize("value", [None, ""])
def test_without_a_database_address_the_folder_of_the_file_is_made(monkeypatch, tmp_path, value):
    if value is None:
        monkeypatch.delenv("SOME_DATABASE", raising=False)
    else:
        monkeypatch.setenv("SOME_DATABASE", value)
    file = tmp_path / "not" / "there" / "db.sqlite3"
    config = env.database("SOME_DATABASE", default_file=file)
    assert config["NAME"] == str(file)
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert file.parent.is_dir()


def test_a_database_elsewhere_leaves_no_empty_folder_behind(monkeypatch, tmp_path):
    monkeypatch.setenv("SOME_DATABASE", "postgresql://ann:secret@db.example:5432/shop")
    config = env.database("SOME_DATABASE", default_file=tmp_path / "data" / "db.sqlite3")
    assert (config["HOST"], config["PORT"], config["NAME"]) == ("db.example", 5432, "shop")
    assert list(tmp_path.iterdir()) == []


def test_another_kind_of_database_stops_the_start(monkeypatch):
    monkeypatch.setenv("SOME_DATABASE", "mysql://ann:secret@db.example/shop")
    with pytest.raises(ImproperlyConfigured, match="SOME_DATABASE must be a postgres:// or sqlite"):
        env.database("SOME_DATABASE", default_file=Path("unused.sqlite3"))


@pytest.mark.parametrize(
    ("value", "read"), [("1", True), ("off", False), ("YES", True), ("", True), (None, True)]
)
def test_a_switch_is_one_of_a_few_words(monkeypatch, value, read):
    if value is None:
        monkeypatch.delenv("SOME_SWITCH", raising=False)
    else:
        monkeypatch.setenv("SOME_SWITCH", value)
    assert env.flag("SOME_SWITCH", default=True) is read


def test_a_switch_that_is_neither_stops_the_start(monkeypatch):
    monkeypatch.setenv("SOME_SWITCH", "maybe")
    with pytest.raises(ImproperlyConfigured, match="SOME_SWITCH must be 1 or 0, not 'maybe'"):
        env.flag("SOME_SWITCH", default=False)


def test_a_mail_server_has_its_usual_port_and_its_secrets_unquoted(monkeypatch):
    monkeypatch.setenv("SOME_SERVER", "smtp+tls://ann%40example.com:p%3Aw@mail.example")
    assert env.smtp("SOME_SERVER") == {
        "host": "mail.example",
        "port": 587,
        "user": "ann@example.com",
        "password": "p:w",
        "security": "starttls",
    }
    monkeypatch.setenv("SOME_SERVER", "")
    assert env.smtp("SOME_SERVER") is None


@pytest.mark.parametrize("value", ["http://mail.example", "smtp://"])
def test_what_is_no_mail_server_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("SOME_SERVER", value)
    with pytest.raises(ImproperlyConfigured, match="SOME_SERVER must be an smtp://"):
        env.smtp("SOME_SERVER")


@pytest.mark.parametrize(
    "value", ["tcp://clamd.internal:3310", "tcp://[::1]:3310", "unix:///run/clamav/clamd.ctl", ""]
)
def test_a_virus_scanner_is_a_host_or_a_socket(monkeypatch, value):
    monkeypatch.setenv("SOME_SCANNER", f" {value} ")
    assert env.scanner("SOME_SCANNER") == value


@pytest.mark.parametrize(
    "value", ["clamd.internal:3310", "http://clamd.internal", "tcp://", "unix://run/clamd.ctl"]
)
def test_any_other_scanner_stops_the_start(monkeypatch, value):
    monkeypatch.setenv("SOME_SCANNER", value)
    with pytest.raises(ImproperlyConfigured, match="SOME_SCANNER must be a tcp://host:port or"):
        env.scanner("SOME_SCANNER")


def test_uploads_land_on_the_disk_on_which_they_are_kept(monkeypatch, tmp_path):
    monkeypatch.setenv("SOME_STORAGE", f"file://{tmp_path}/volume")
    kept = env.storage("SOME_STORAGE", default_folder=tmp_path / "media")
    assert env.landing_folder(kept, elsewhere=tmp_path / "tmp") == f"{tmp_path}/volume/tmp"
    assert (tmp_path / "volume" / "tmp").is_dir()
    monkeypatch.setenv("SOME_STORAGE", "s3://bucket")
    bucket = env.storage("SOME_STORAGE", default_folder=tmp_path / "media")
    assert env.landing_folder(bucket, elsewhere=tmp_path / "tmp") == f"{tmp_path}/tmp"
    assert (tmp_path / "tmp").is_dir()
