"""What hands changes and messages to functions, held while tables are carried back."""

from cli.recovery.account import Account, in_words


def hold(account: Account, *, enabled: bool) -> int:
    """Let functions be woken by streams and queues, or not; say by how many. Raises UserError."""
    client = account.client("lambda")
    with in_words():
        for mapping in account.mappings:
            client.update_event_source_mapping(UUID=mapping, Enabled=enabled)
    return len(account.mappings)
