"""The staff's pages about estimates."""
