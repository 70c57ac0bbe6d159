"""Signing in: a password, a code of the second factor, and tokens that are kept for this machine's user alone."""
