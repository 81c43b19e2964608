"""What is done about disputes, one module per concern."""
