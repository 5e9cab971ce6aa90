"""Where a number comes from: when, on what, with which versions."""

from __future__ import annotations

import platform
from datetime import datetime, timedelta, timezone

import numpy as np

from oqtopus_experiments.__about__ import __version__
from oqtopus_experiments.plugins._provenance import now, provenance, version_of


def test_the_time_is_that_of_greenwich_and_says_so():
    moment = datetime.fromisoformat(now())

    assert moment.utcoffset() == timedelta(0)
    assert abs(datetime.now(timezone.utc) - moment) < timedelta(seconds=5)


def test_libraries_and_plugins_that_may_change_a_number_are_named_with_their_versions(fakes):
    known = provenance([fakes.Ramp, fakes.Toy])

    assert known["versions"]["numpy"] == np.__version__
    assert known["versions"]["oqtopus-experiments"] == version_of("oqtopus-experiments") == __version__
    assert known["plugins"] == {"toy-distribution": ""}
    assert known["python"] == platform.python_version()


def test_a_library_that_is_not_there_has_no_version():
    assert version_of("a-library-nobody-installed") == ""
    assert all(provenance([])["versions"].values())
