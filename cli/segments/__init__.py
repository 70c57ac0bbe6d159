"""Segments: what they say, who is in them, and who would be."""
