"""Where the adapters are made: one file for each process, so that the ack does not import the scan."""
