"""A real browser, driven from Python."""
