"""`regulars tracking-plan`: what events are planned to carry, and what they do carry."""
