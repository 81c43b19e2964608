"""The customers' pages about money, one module a kind of link."""
