"""Importing files: read rows, map them to calls, send these so that nothing is lost and nothing counts twice."""
