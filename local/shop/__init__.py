"""A small shop whose visitors the local platform follows."""
