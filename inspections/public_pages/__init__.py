"""What customers see of an inspection, put together from rows."""
