"""What the shop proposes, and what the customer answers."""
