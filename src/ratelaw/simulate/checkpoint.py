"""Finished work in a folder, so that a run that was killed goes on."""

import json
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import uuid4

import numpy as np

from ratelaw.atomic import whole_file
from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.simulate.recorders.recorder import State

SHOWN = 60
"""Characters of a value in an error."""
EVERY = 1.0
"""Seconds between two saves: what a killed run may lose, beside the blocks under way."""


def kept_seed(folder: Path) -> int | None:
    """The seed of the run whose checkpoint this folder holds, if it holds one."""
    try:
        return int(json.loads((folder / "run.json").read_text(encoding="utf-8"))["seed"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Checkpoint:
    """The sums of all finished blocks of each parameter set, as Zarr groups.

    ``run.json`` says which run it is. ``set-S/DONE.zarr`` holds the sums of the first DONE
    trajectories of parameter set S; it takes its name once it is whole, and only then is the one
    before deleted. So no block is lost or counted twice, whenever the process dies.

    Raises
    ------
    DataError
        If the folder holds another run or something else, or cannot be written.
    """

    def __init__(self, folder: Path, identity: Mapping[str, str]) -> None:
        require("zarr", "to keep a checkpoint", extra="zarr")
        self.folder = folder
        self.saved = time.monotonic()
        self.pending: Callable[[], None] | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True)
            existing = list(folder.iterdir())
        except OSError as error:
            raise DataError(f"cannot keep a checkpoint in {folder}: {error.strerror}") from None
        if existing:
            self._check(identity)
        else:
            with whole_file(folder / "run.json") as path:
                path.write_text(json.dumps(dict(identity), indent=1), encoding="utf-8")

    def _check(self, identity: Mapping[str, str]) -> None:
        try:
            found = json.loads((self.folder / "run.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise DataError(
                f"{self.folder} holds files but no checkpoint: name an empty or a new folder"
            ) from None
        for name, value in identity.items():
            if found.get(name) != value:
                raise DataError(
                    f"{self.folder} is the checkpoint of another run: its {name} is "
                    f"{_short(found.get(name))}, not {_short(value)}; name another folder, or "
                    f"repeat that run"
                )

    def load(self) -> dict[int, tuple[int, list[State]]]:
        """Of each parameter set: how many trajectories are finished, and the recorders' sums."""
        import zarr

        found = {}
        for path in sorted(self.folder.glob("set-*")):
            done = max((int(group.stem) for group in path.glob("*.zarr")), default=0)
            if done:
                group = zarr.open_group(path / f"{done}.zarr", mode="r")
                found[int(path.name.removeprefix("set-"))] = (
                    done,
                    [
                        {name: np.asarray(array[...]) for name, array in part.arrays()}
                        for _, part in sorted(group.groups(), key=lambda item: int(item[0]))
                    ],
                )
        return found

    def save(
        self, parameter_set: int, done: int, states: Callable[[], list[State]], *, last: bool
    ) -> None:
        """Keep the sums of the first `done` trajectories: at once if `last`, else now and then."""
        self.pending = lambda: self._write(parameter_set, done, states())
        if last or time.monotonic() - self.saved > EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what was not written yet."""
        if self.pending:
            pending, self.pending = self.pending, None
            pending()
            self.saved = time.monotonic()

    def _write(self, parameter_set: int, done: int, states: list[State]) -> None:
        import zarr

        folder = self.folder / f"set-{parameter_set}"
        partial = folder / f"{uuid4().hex}.partial"
        try:
            root = zarr.open_group(partial, mode="w")
            for number, state in enumerate(states):
                group = root.create_group(str(number))
                for name, array in state.items():
                    group.create_array(name, data=np.asarray(array))
            partial.rename(folder / f"{done}.zarr")
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise DataError(
                f"cannot keep a checkpoint in {self.folder}: {error.strerror or error}; what was "
                f"kept before is still there, so that the same run can go on from it"
            ) from error
        for other in folder.iterdir():
            if other.name != f"{done}.zarr":
                shutil.rmtree(other, ignore_errors=True)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}...'"
