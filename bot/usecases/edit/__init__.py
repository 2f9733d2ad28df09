"""A report's CSV comes back edited: read whatever a spreadsheet has made of it, compared, previewed."""
