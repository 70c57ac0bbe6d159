"""`regulars audit`: who read, changed or took out what, of whom; and the proof that nobody touched what is written."""
