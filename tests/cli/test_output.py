"""What strangers sent is shown in a terminal, and not obeyed by it."""

import pytest

from cli.output import visible


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", "\\u001b]52;c;ZXZpbA==\\u0007"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x9b31m", "\\u009b31m"),
        ("Zoë 👩‍💻 خوش", "Zoë 👩‍💻 خوش"),
        (None, ""),
        (7, "7"),
    ],
)
def test_control_characters_are_made_visible(sent: object, shown: str) -> None:
    assert visible(sent) == shown
