"""Make the adapters: one file for each process, so that the ack does not import the scan."""
