"""`ratelaw examples`: files to begin with, and what to type."""

import shlex
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer

from ratelaw.atomic import check_folder, whole_folder
from ratelaw.errors import DataError

FOLDER = "examples"
FILES = {
    "network.txt": ("ratelaw.network.zoo", "spcm.txt"),
    "pinene.csv": ("ratelaw.learn.data.examples", "pinene.csv"),
    "clones.csv": ("ratelaw.learn.data.examples", "clones.csv"),
    "stiff.txt": ("ratelaw.network.zoo", "michaelis_menten.txt"),
    "switch.xml": ("ratelaw.cli", "example_files/switch.xml"),
    "script.py": ("ratelaw.cli", "example_files/script.py"),
}
"""What is written, with the package and the file there that it is a copy of."""
LINES = {
    "simulate": "{at}/network.txt --method direct --until 20 --trajectories 1e4 -o {at}/cells.csv",
    "learn": "{at}/pinene.csv --report {at}/pinene.html",
    "fit": "problem.yaml --starts 20 --seed 1 -o fitted.txt",
    "rates": "{at}/clones.csv --network {at}/network.txt --report {at}/clones.html",
    "reduce": "{at}/stiff.txt --method qssa -o {at}/small",
    "convert": "{at}/switch.xml {at}/switch.txt",
    "info": "{at}/switch.xml",
    "reproduce": "spcm --seed 3 --html out/spcm.html --json out/spcm.json",
    "examples": "{at}",
}
"""An example of each command, beside the folder of the examples."""
FIRST = ("simulate", "learn", "rates", "reduce", "convert")
"""The five things to do."""


def example(command: str, folder: Path = Path(FOLDER)) -> str:
    """A line to type, which works beside a folder of examples."""
    return f"ratelaw {command} {LINES[command].format(at=shlex.quote(str(folder)))}"


def examples_command(
    folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path(FOLDER),
) -> None:
    """Write files to begin with, and say what to type next."""
    if folder.exists():
        raise DataError(f"{folder} is there already and stays as it is: name another folder")
    check_folder(folder)
    with whole_folder(folder) as partial:
        partial.mkdir()
        for name, (package, source) in FILES.items():
            content = resources.files(package).joinpath(source).read_bytes()
            (partial / name).write_bytes(content)
    script = shlex.join(["python", str(folder / "script.py")])
    lines = [*(example(command, folder) for command in FIRST), script]
    typer.echo(f"Written to {folder}: {', '.join(FILES)}\n\nType one of:\n")
    typer.echo("\n".join(f"  {line}" for line in lines))
