"""The customer's and the resolver's pages."""
