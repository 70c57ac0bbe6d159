"""`regulars journey`: whether a journey holds together, how it looks, and its life on the platform."""
