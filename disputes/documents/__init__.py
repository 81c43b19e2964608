"""Papers of disputes."""
