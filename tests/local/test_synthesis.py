"""Templates are synthesized again exactly when something they are made from changed."""

from pathlib import Path

import pytest

from local.platform.synthesis import digest_of


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("infra/app.py", "functions/ingest/handler.py", "layers/shared/python/x.py", "README.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    for name in ("cdk.json", "package-lock.json", "requirements.lock"):
        (tmp_path / name).write_text("1")
    return tmp_path


@pytest.mark.parametrize("name", ["infra/app.py", "functions/ingest/handler.py", "layers/shared/python/x.py"])
def test_a_change_of_code_is_seen(checkout: Path, name: str) -> None:
    before = digest_of(checkout)
    (checkout / name).write_text("2")

    assert digest_of(checkout) != before


def test_a_new_file_and_a_renamed_one_are_seen(checkout: Path) -> None:
    before = digest_of(checkout)
    (checkout / "infra" / "app.py").rename(checkout / "infra" / "other.py")

    assert digest_of(checkout) != before


@pytest.mark.parametrize("name", ["README.md", "infra/__pycache__/app.pyc"])
def test_what_nothing_is_made_from_does_not_matter(checkout: Path, name: str) -> None:
    before = digest_of(checkout)
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("2")

    assert digest_of(checkout) == before
