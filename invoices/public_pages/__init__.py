"""What customers' pages about money show."""
