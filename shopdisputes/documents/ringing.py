"""Saying that documents wait, or are ready, without needing the tasks that see to them."""

from shopdisputes.celery import ring as ring_workers


def ring() -> None:
    """Wake a typesetter; call it with ``transaction.on_commit``. Never raises."""
    ring_workers("shopdisputes.documents.tasks.drain")


def ring_readers() -> None:
    """Wake those who wait for a PDF. E-mails stand above documents, so they go by name."""
    ring_workers("shopdisputes.outbox.tasks.drain")
