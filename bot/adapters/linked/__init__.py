"""The linked Regions: the calls about them, what is known of them, and their states for the doctor."""
