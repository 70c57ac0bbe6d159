"""`regulars quarantine`: what was not accepted, mending it, and replaying it."""
