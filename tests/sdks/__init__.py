"""Unmodified SDKs against the door, over a network that loses, repeats and refuses."""
