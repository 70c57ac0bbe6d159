"""The pipeline: one module a step, each loads, decides and saves, over stores and ports."""
