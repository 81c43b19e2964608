"""Saying that e-mails wait, without needing the tasks that will deliver them."""

from shopdisputes.celery import ring as ring_workers


def ring() -> None:
    """Wake a sender; call it with ``transaction.on_commit``. Never raises."""
    ring_workers("shopdisputes.outbox.tasks.drain")
