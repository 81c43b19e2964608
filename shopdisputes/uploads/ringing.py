"""Saying that files wait to be looked at, without needing the tasks that see to them."""

from shopdisputes.celery import ring as ring_workers


def ring() -> None:
    """Wake whoever scans files and draws previews; call it with ``transaction.on_commit``.

    Never raises.
    """
    ring_workers("shopdisputes.uploads.tasks.drain")
