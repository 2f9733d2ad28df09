"""The listeners of Slack's requests: each validates, dispatches a job and acks."""
