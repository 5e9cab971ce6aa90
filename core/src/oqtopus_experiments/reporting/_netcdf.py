"""Results as one netCDF file: a group for each experiment of each run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from oqtopus_experiments.errors import ConfigError

if TYPE_CHECKING:
    import xarray as xr


def require_netcdf() -> None:
    """
    Refuse to begin without what writes netCDF.

    Raises:
        ConfigError: When it is not installed; the message says how to install it.
    """
    try:
        import h5netcdf  # noqa: F401  # asked for before any run is read
        import h5py  # noqa: F401  # without which h5netcdf can do nothing
        import xarray as xr  # noqa: F401
    except ImportError as error:
        message = f"netCDF files need {error.name}, which is missing; try: pip install 'oqtopus-experiments[xarray]'"
        raise ConfigError(message) from error


def netcdf_of(groups: Iterable[tuple[str, xr.Dataset]]) -> bytes:
    """Return data sets as the bytes of a netCDF file, each below the name of its group; one is held at a time."""
    with tempfile.TemporaryDirectory(prefix="oqx-export-") as folder:
        file = Path(folder) / "export.nc"
        for number, (group, dataset) in enumerate(groups):
            dataset.to_netcdf(file, mode="a" if number else "w", group=group, engine="h5netcdf")
        return file.read_bytes() if file.exists() else b""
