"""The staff's pages about money."""
