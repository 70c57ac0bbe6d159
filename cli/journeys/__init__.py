"""`regulars journey`: whether a journey holds together, and how it looks."""
