"""The page of an experiment is made from its code, so it can only say what is so; its example runs."""

import numpy as np
import pytest
from matplotlib.image import imread
from site_pages import codes, experiments, pictures

from oqtopus_experiments.experiments import T1, Rabi

ROOT = pictures.ROOT


@pytest.mark.parametrize("name", experiments.names())
def test_the_example_of_a_page_runs_and_its_figure_is_drawn(name):
    assert pictures.of_example(name).lstrip().startswith(b"<?xml")
    assert f'use = "{name}"' in experiments.page(name)


def test_the_page_of_t1_has_formula_quantities_and_references_as_declared():
    page = experiments.page("t1")

    assert "P(1) = offset + amplitude * exp(-delay / t1_time)\n" in page
    assert "| `t1_time` | ns | fitted |" in page
    assert "**ground**, 3 of them, which tells of `offset`:" in page
    assert "**excited**, 3 of them, which tells of `amplitude`, `offset`:" in page


def test_another_choice_of_a_parameter_shows_its_own_formula():
    assert 'With `pulse = "sx"`:\n\n```text\nP(1) = offset - contrast / 2 * exp(-2 * pulse_loss' in experiments.page(
        "rabi"
    )


def test_the_codes_of_an_experiment_are_those_of_its_checks_its_analyzer_and_what_it_drives():
    told = {cls: [str(code) for code in codes.codes_of(cls(), cls().fit_model())] for cls in (T1, Rabi)}

    assert {"window_too_short", "window_too_long", "inverted", "poor_fit", "fits"} < set(told[T1])
    assert {"undersampled", "inverted", "not_driven", "poor_fit", "fits"} < set(told[Rabi])
    assert "not_driven" not in told[T1]
    assert "window_too_long" not in told[Rabi]
    assert "implausible" not in told[T1]  # its readout is calibrated
    assert "implausible" in [str(code) for code in codes.codes_of(T1(), T1(calibrate_readout=False).fit_model())]


def test_the_picture_of_the_readme_is_what_the_code_draws_today(tmp_path):
    (tmp_path / "drawn.png").write_bytes(pictures.of_readme())
    drawn, kept = imread(tmp_path / "drawn.png"), imread(ROOT / "docs" / pictures.README_PICTURE)

    assert drawn.shape == kept.shape
    # Versions of matplotlib smooth letters and lines differently by a little.
    assert np.abs(drawn - kept).mean() < 0.01
