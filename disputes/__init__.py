"""What customers contest, and how it is settled."""
