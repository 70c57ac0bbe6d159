"""Lists: who is in one is uploaded from files of identifiers."""
