"""The check of templates before deployment: Security Hub's controls, without AWS and without Slack."""
