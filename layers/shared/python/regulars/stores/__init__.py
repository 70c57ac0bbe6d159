"""The tables as item layouts, over the port `Database`."""
