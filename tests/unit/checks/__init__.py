"""The results of checks that CI puts into the bucket."""
