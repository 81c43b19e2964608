"""What can be done about money; one module a concern."""
