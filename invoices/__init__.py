"""What is owed: work done, billing, payments, promises, plans, storage, hand-over."""
