"""The library that every function stands on."""
