"""Questions to the lake: where it lies, its files here, the engine that answers, and how answers are written."""
