"""Results in files: NetCDF or Zarr, by the ending of the name."""

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from ratelaw.arguments import expect, expect_path
from ratelaw.atomic import check_folder, check_writable, whole_file, whole_folder
from ratelaw.errors import DataError
from ratelaw.extras import require
from ratelaw.suffixes import NETCDF, ZARR, suffix_of

if TYPE_CHECKING:
    import xarray as xr


class _Format(ABC):
    """One kind of file."""

    @abstractmethod
    def check(self, path: Path) -> None:
        """Refuse a path that could not be written."""

    @abstractmethod
    def write(self, results: "xr.Dataset", path: Path) -> None:
        """Write the whole or nothing."""

    @abstractmethod
    def read(self, path: Path) -> "xr.Dataset":
        """Read everything into memory."""


class _NetCDF(_Format):
    def check(self, path: Path) -> None:
        check_writable(path)

    def write(self, results: "xr.Dataset", path: Path) -> None:
        with whole_file(path) as partial:
            results.to_netcdf(partial, engine="h5netcdf")

    def read(self, path: Path) -> "xr.Dataset":
        import xarray as xr

        return xr.load_dataset(path, engine="h5netcdf")


class _Zarr(_Format):
    """Version 2 of the format: version 3 has no specification of text yet."""

    def check(self, path: Path) -> None:
        require("zarr", f"to write {path}", extra="zarr")
        store = any((path / name).exists() for name in (".zgroup", "zarr.json"))
        if path.exists() and not store:
            raise DataError(f"cannot write {path}: it is there and is no Zarr store; move it away")
        check_folder(path)

    def write(self, results: "xr.Dataset", path: Path) -> None:
        with whole_folder(path) as partial:
            results.to_zarr(partial, mode="w", zarr_format=2, consolidated=False)

    def read(self, path: Path) -> "xr.Dataset":
        import xarray as xr

        require("zarr", f"to read {path}", extra="zarr")
        return xr.load_dataset(path, engine="zarr", consolidated=False)


FORMATS: dict[str, _Format] = {NETCDF: _NetCDF(), ZARR: _Zarr()}


def check_savable(path: str | Path) -> None:
    """Refuse a path that `save` could not write, before long work is done for it.

    Raises
    ------
    DataError
        If the ending is none of `FORMATS`, its folder is missing or does not allow writing, or a
        folder stands there that is no Zarr store.
    MissingPackageError
        If the format needs a package that is not installed.
    """
    _format(path).check(Path(path))


def save(results: "xr.Dataset", path: str | Path) -> None:
    """Write results to a NetCDF file or a Zarr folder; a failed write leaves what was there before.

    Parameters
    ----------
    results
        Of `simulate`.
    path
        Ending in ``.nc`` (NetCDF) or ``.zarr`` (Zarr; ``pip install 'ratelaw[zarr]'``).

    Raises
    ------
    DataError
        If the name ends otherwise, the file cannot be written, or a folder stands there that is no
        Zarr store.
    MissingPackageError
        If the format needs a package that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from ratelaw.network import zoo
    >>> from ratelaw.simulate import Moments, simulate
    >>> results = simulate(zoo.spcm(), Moments(), [0.0, 1.0])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(results, f"{folder}/run.nc")
    ...     load(f"{folder}/run.nc").identical(results)
    True
    """
    import xarray as xr

    expect("results", results, xr.Dataset, "what simulate() returned, before the path")
    check_savable(path)
    _format(path).write(results, Path(path))


def load(path: str | Path) -> "xr.Dataset":
    """Read results that `save` wrote.

    Raises
    ------
    DataError
        If there is no such file, it holds no results, or its name does not end in ``.nc`` or
        ``.zarr``.
    MissingPackageError
        If the format needs a package that is not installed.

    Examples
    --------
    >>> load("missing.nc")
    Traceback (most recent call last):
    ratelaw.errors.DataError: cannot read results from missing.nc: ...
    """
    reader = _format(path)
    if not expect_path(path).exists():
        raise DataError(f"cannot read results from {path}: there is no such file")
    try:
        return reader.read(Path(path))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read results from {path}: {error}") from error


def _format(path: str | Path) -> _Format:
    ending = suffix_of(path)
    if ending not in FORMATS:
        raise DataError(
            f"{path}: the name of a file of results ends in {' or '.join(FORMATS)}; for tables "
            f"there are ratelaw.formats.read_table and write_table"
        )
    return FORMATS[ending]
