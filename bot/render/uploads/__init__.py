"""Messages about files that people share."""
