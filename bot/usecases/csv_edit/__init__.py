"""An edited CSV of a report: read the file, compare it with the report, preview and apply its edits."""
