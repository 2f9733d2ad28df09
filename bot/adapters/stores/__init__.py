"""The stores in the S3 bucket: reports, actions, the audit log, suppressions, the ledger."""
