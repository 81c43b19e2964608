"""What banks hand out: statements in CAMT.053 and CSV, read into plain lines."""
