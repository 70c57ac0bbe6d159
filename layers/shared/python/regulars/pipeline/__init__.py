"""One module a step: load, decide, save."""
