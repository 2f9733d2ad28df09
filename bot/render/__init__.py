"""Pure functions from the domain to what people and spreadsheets read. No network, no files, no clock."""
