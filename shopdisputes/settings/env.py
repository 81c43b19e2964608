"""Strict readers of the environment: a wrong value stops the start with a clear sentence."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()


def text(name: str, default: str | None = None) -> str:
    """Return a variable's text; without a default it must be set and not empty."""
    value = env.str(name, default="" if default is None else default)
    if default is None and not value:
        raise ImproperlyConfigured(f"{name} must be set.")
    return value


def flag(name: str, *, default: bool) -> bool:
    """Return a variable that must be one of 1/0, true/false, yes/no, on/off."""
    value = env.str(name, default="").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def number(name: str, default: int) -> int:
    """Return a variable that must be a whole number."""
    value = env.str(name, default=str(default))
    try:
        return int(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.") from error


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in env.str(name, default=default).split(",") if word.strip()]


def database(name: str, *, default_file: Path) -> dict[str, Any]:
    """Return Django's database settings for a ``postgres://`` or ``sqlite:///`` address.

    With nothing set it is the SQLite file ``default_file``, whose folder is made.
    """
    address = env.str(name, default="")
    if not address:
        # SQLite makes the file, but not the folder, which a fresh clone does not have.
        default_file.parent.mkdir(parents=True, exist_ok=True)
        address = f"sqlite:///{default_file}"
    config = environ.Env.db_url_config(address)
    if config["ENGINE"].endswith("sqlite3"):
        # WAL alone makes "database is locked" worse; only these three together end it.
        config["OPTIONS"] = {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    elif config["ENGINE"].endswith("postgresql"):
        # A fresh connection costs more than the query.
        config["CONN_MAX_AGE"] = 600
        config["CONN_HEALTH_CHECKS"] = True
        config.setdefault("OPTIONS", {})
    else:
        raise ImproperlyConfigured(f"{name} must be a postgres:// or sqlite:/// address.")
    config["ATOMIC_REQUESTS"] = False
    return config


def smtp(name: str) -> dict[str, Any] | None:
    """Return how to reach the SMTP server, or None when mail stays in the mail log.

    ``smtp://user:password@host:port`` (plain), ``smtp+tls://`` (STARTTLS), ``smtps://`` (TLS).
    """
    value = env.str(name, default="")
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in {"smtp", "smtp+tls", "smtps"} or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an smtp://, smtp+tls:// or smtps:// address.")
    default_port = {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme]
    return {
        "host": parts.hostname,
        "port": parts.port or default_port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "security": {"smtp": "none", "smtp+tls": "starttls", "smtps": "tls"}[parts.scheme],
    }


def storage(name: str, *, default_folder: Path) -> dict[str, Any]:
    """Return Django's file storage for a folder (``file:///…``) or an S3 bucket.

    ``s3://key:secret@bucket?endpoint=https://…&region=…``; key and secret may be left to the
    machine's own credentials.
    """
    value = env.str(name, default="")
    if not value:
        return _folder(default_folder)
    parts = urlsplit(value)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return _folder(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.hostname:
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        options: dict[str, Any] = {"bucket_name": parts.hostname}
        if parts.username:
            options["access_key"] = unquote(parts.username)
            options["secret_key"] = unquote(parts.password or "")
        if "endpoint" in query:
            options["endpoint_url"] = query["endpoint"]
        if "region" in query:
            options["region_name"] = query["region"]
        return {"BACKEND": "shopdisputes.uploads.storage.BucketStorage", "OPTIONS": options}
    raise ImproperlyConfigured(f"{name} must be a file:/// or s3:// address.")


def landing_folder(config: dict[str, Any], *, elsewhere: Path) -> str:
    """Return the folder in which uploads land, which is made when it is missing.

    It is below the storage's own folder: in a container that is a volume, and between two of them
    nothing can be renamed, so that keeping a file would be copying it. A bucket's is ``elsewhere``.
    """
    location = config["OPTIONS"].get("location")
    path = Path(location) / "tmp" if location else elsewhere
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return str(path)


def storage_origins(config: dict[str, Any]) -> list[str]:
    """Return the origins that a storage's presigned addresses have; none for a folder."""
    options = config["OPTIONS"]
    if "bucket_name" not in options:
        return []
    if "endpoint_url" in options:
        # A server of one's own has the bucket in the path.
        parts = urlsplit(options["endpoint_url"])
        return [f"{parts.scheme}://{parts.netloc}"]
    bucket, region = options["bucket_name"], options.get("region_name")
    hosts = ["s3.amazonaws.com", *([f"s3.{region}.amazonaws.com"] if region else [])]
    # A name with dots has no certificate of its own; such a bucket is in the path as well.
    return [f"https://{host}" if "." in bucket else f"https://{bucket}.{host}" for host in hosts]


def scanner(name: str) -> str:
    """Return the address of a clamd, ``tcp://host:port`` or ``unix:///path``; empty for none."""
    value = env.str(name, default="").strip()
    parts = urlsplit(value)
    reachable = (parts.scheme == "tcp" and parts.hostname) or (
        parts.scheme == "unix" and not parts.netloc and parts.path
    )
    if value and not reachable:
        raise ImproperlyConfigured(f"{name} must be a tcp://host:port or unix:///path address.")
    return value


def _folder(path: Path) -> dict[str, Any]:
    return {
        "BACKEND": "shopdisputes.uploads.storage.LocalStorage",
        "OPTIONS": {"location": str(path), "base_url": None},
    }
