"""The in-memory world: database, biller, event sources, clock."""
