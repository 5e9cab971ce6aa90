"""Results as one netCDF file: a group for each experiment of each run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr


def netcdf_of(groups: Iterable[tuple[str, xr.Dataset]]) -> bytes:
    """Return data sets as the bytes of a netCDF file, each below the name of its group; one is held at a time."""
    with tempfile.TemporaryDirectory(prefix="oqx-export-") as folder:
        file = Path(folder) / "export.nc"
        for number, (group, dataset) in enumerate(groups):
            dataset.to_netcdf(file, mode="a" if number else "w", group=group, engine="h5netcdf")
        return file.read_bytes() if file.exists() else b""
