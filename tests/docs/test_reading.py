"""What runs the documentation notices what is wrong with it."""

from __future__ import annotations

import os

import pytest


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("a  b\n", "a b\n\n"),
        ("t1 24.93 ± 0.41 us", "t1 24.95 ± 0.40 us"),
        ("one\n...\nfour\n", "one\ntwo\nthree\nfour\n"),
        ("run runs/...-day done\n", "run runs/2026-day done\n"),
        ("...\nlast", "first\nlast"),
    ],
)
def test_what_a_page_says_is_found_in_what_was_printed(difference, said, printed):
    assert difference(said, printed) == ""


@pytest.mark.parametrize(
    ("said", "printed"),
    [
        ("a", "b"),
        ("a", ""),
        ("a", "a\nb"),
        ("a\nb", "a\nx\nb"),
        ("12 circuits", "13 circuits"),
        ("24.93 ± 0.41", "24.96 ± 0.41"),
        ("0.0031", "0.0314"),
        ("1.0e-04", "1.0e-05"),
        ("one\n...\nfour", "one\ntwo"),
        ("run ... done", "run it"),
        ("...", "whatever"),
        ("", "whatever"),
    ],
)
def test_what_a_page_says_and_was_not_printed_is_told(difference, said, printed):
    assert difference(said, printed) != ""


@pytest.mark.parametrize(
    "text",
    [
        "```python\nprint(1)\n```\n\n```text\n2\n```\n",
        "```text\nnobody printed this\n```\n",
        "```python\nprint(1)\n```\n\n```console\n$ oqx --version\n```\n\n```text\n1\n```\n",
        "```python\nraise ValueError\n```\n",
        "```console\n$ oqx --version\noqx 99\n```\n",
        "```console\n$ oqx show nothing-of-that-name\n```\n",
        "```console\n$ oqx --version\n$ echo $?\n2\n```\n",
        "```console\n$ rm everything\n```\n",
        "```console\noqx --version\n```\n",
        "```pyhton\nprint(1)\n```\n",
    ],
)
def test_a_page_that_is_not_true_is_refused(read_page, tmp_path, text):
    page = tmp_path / "page.md"
    page.write_text(text)

    with pytest.raises((AssertionError, ValueError)):
        read_page(page, tmp_path)


def test_a_page_that_is_true_is_accepted(read_page, tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        """
```python one.py
print(1.5)
```

```console
$ python one.py
1.5
$ oqx show nothing
error: nothing is called ...
$ echo $?
2
```

```python
print("a")
```

```text
a
```
"""
    )

    read_page(page, tmp_path)


def test_what_a_page_sets_in_the_environment_is_set_back(read_page, tmp_path, monkeypatch):
    monkeypatch.setenv("OQX_TEST_ONE", "1")
    page = tmp_path / "page.md"
    page.write_text("```python\nimport os\n\nos.environ |= {'OQX_TEST_ONE': '2', 'OQX_TEST_TWO': '2'}\n```\n")

    read_page(page, tmp_path)

    assert os.environ["OQX_TEST_ONE"] == "1"
    assert "OQX_TEST_TWO" not in os.environ
