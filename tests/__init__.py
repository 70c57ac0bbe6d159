"""Each test states one fact."""
