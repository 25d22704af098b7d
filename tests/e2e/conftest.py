import pytest

from ratelaw.cli import main


@pytest.fixture
def ratelaw(tmp_path, monkeypatch, capsys):
    """Run one command line in an empty folder: exit status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        with pytest.raises(SystemExit) as end:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return end.value.code, out, err

    return run


@pytest.fixture
def model(tmp_path):
    """Write a network file."""

    def write(text):
        path = tmp_path / "model.txt"
        path.write_text(text, encoding="utf-8")
        return path

    return write
