"""What staff type about estimates, read and checked."""
