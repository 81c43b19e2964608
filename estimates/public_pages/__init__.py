"""What customers' pages show."""
