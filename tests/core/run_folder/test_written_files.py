"""What a command writes is written where it was told, under a name that says what it is, and over nothing unasked."""

import pytest

RUN_FILE = 'backend = "noisy"\n'


@pytest.fixture
def folder(write_analyzed, decay, tmp_path, monkeypatch):
    """Return the folder of a run, from within a folder that also holds a run file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.toml").write_text(RUN_FILE)
    return write_analyzed({"decay": decay()}).path


def written(folder, option, file):
    return {
        "history": ("history", "level", "--plot", file),
        "chip": ("chip", folder, "--plot", file),
        "csv": ("export", folder, "-o", file),
        "netcdf": ("export", folder, "--to", "netcdf", "-o", file),
        "parquet": ("export", folder, "--to", "parquet", "-o", file),
        "pack": ("pack", folder, "-o", file),
        "device": ("device", "any", "--save", file),
    }[option]


KINDS = ["history", "chip", "csv", "netcdf", "parquet", "pack", "device"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_written_over_a_run_file_whatever_is_asked(kind, folder, oqx, tmp_path):
    code, _, err = oqx(*written(folder, kind, "b.toml"))

    assert (code, (tmp_path / "b.toml").read_text()) == (2, RUN_FILE)
    assert "name another" in err


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_folder_is_the_message_says_so_and_what_to_do(kind, folder, oqx):
    code, _, err = oqx(*written(folder, kind, "nodir/x.png"))

    assert code == 2
    assert "there is no folder nodir: make it, or name another" in err
    assert "moved" not in err


@pytest.mark.parametrize("kind", ["history", "chip", "csv", "netcdf", "pack", "device"])
def test_a_name_that_says_something_else_is_refused_with_one_that_does_not(kind, folder, oqx, tmp_path):
    code, _, err = oqx(*written(folder, kind, "x.bmp"))

    assert code == 2
    assert "such as x." in err
    assert not (tmp_path / "x.bmp").exists()


def test_a_file_that_nobody_named_is_not_written_over(folder, write_run, decay, oqx, tmp_path):
    other = write_run({"decay": decay()}, seed=2).path
    (tmp_path / "runs-points.csv").write_text("mine")

    code, _, err = oqx("export", folder, other)

    assert (code, (tmp_path / "runs-points.csv").read_text()) == (2, "mine")
    assert "-o runs-points.csv writes over it" in err
    assert oqx("export", folder, other, "-o", "runs-points.csv")[0] == 0
    assert (tmp_path / "runs-points.csv").read_text().startswith("run,")


def test_points_and_quantities_of_a_run_have_files_of_their_own(folder, oqx, tmp_path):
    assert oqx("export", folder)[0] == 0
    assert oqx("export", folder, "--what", "quantities")[0] == 0

    names = {file.name for file in tmp_path.glob("*.csv")}
    assert names == {f"{folder.name}-points.csv", f"{folder.name}-quantities.csv"}


@pytest.mark.parametrize("command", ["audit", "results", "compare", "export", "resume"])
def test_of_a_packed_run_each_command_says_that_it_is_unpacked_first(command, folder, oqx):
    assert oqx("pack", folder, "-o", "p.zip")[0] == 0

    code, _, err = oqx(command, "p.zip", *["p.zip"] * (command == "compare"))

    assert (code, "`oqx unpack p.zip` first" in err) == (2, True), err
