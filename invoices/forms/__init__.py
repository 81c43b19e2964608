"""What staff type about money, read and checked."""
