"""`regulars segment`: what a segment says, who is in it, its life, and whom an edit would let in and put out."""
