"""`regulars segment`: what a segment says, who is in it, and its life."""
