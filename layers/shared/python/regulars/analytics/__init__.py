"""The second engine: segments as SQL, over the lake."""
