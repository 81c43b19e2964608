"""Papers of disputes; each freezes its words in the caller's transaction, the PDF is made later."""

from disputes.documents.settlements import offer, settlement

__all__ = ["offer", "settlement"]
