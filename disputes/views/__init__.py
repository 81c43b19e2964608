"""The staff's pages about disputes."""
