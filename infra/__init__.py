"""The deployment: one room a file."""
