"""Attacks on the API, each over every route that there is."""
