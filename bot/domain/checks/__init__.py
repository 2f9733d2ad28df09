"""The checks before deployment that CI has put into the bucket."""
