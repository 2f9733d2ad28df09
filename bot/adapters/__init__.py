"""The outside systems, one file each. AWS's PascalCase and Slack's error strings end here."""
