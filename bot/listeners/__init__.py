"""What Slack's side does: one file for each of Slack's surfaces. Validates, dispatches a Job, acks."""
