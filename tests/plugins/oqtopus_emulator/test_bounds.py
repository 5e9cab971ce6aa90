"""Programs that are small as a text and large as anything else are told by their text."""

from __future__ import annotations

import re

import pytest

from oqtopus_experiments_oqtopus_emulator._bounds import excess
from oqtopus_experiments_oqtopus_emulator._limits import MAX_BITS, MAX_PROGRAM, MAX_QUBITS, MAX_STATEMENTS

HEAD = 'OPENQASM 3;\ninclude "stdgates.inc";\n'
DOUBLING = "gate g0 q { x q; x q; }" + "".join(f" gate g{i} q {{ g{i - 1} q; g{i - 1} q; }}" for i in range(1, 40))


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("qubit[1000000000] q;", "1000000000 qubits; it takes 1024"),
        ("qubit[1_000_000_000] q;", "1000000000 qubits"),
        ("qubit[0x3b9aca00] q;", "1000000000 qubits"),
        ("qubit[0b1000000000000000000] q;", "262144 qubits"),
        ("qubit [ 1000000000 ] q;", "1000000000 qubits"),
        ("qubit/* one */[// two\n1000000000] q;", "1000000000 qubits"),
        ("qreg q[1000000000];", "1000000000 qubits"),
        ("bit[100000000] c;", "100000000 classical bits; it takes 4096"),
        ("creg c[100000000];", "100000000 classical bits"),
        (f"qubit[{'9' * 5000}] q;", "a register of 9999"),
        ("qubit[600] a; qubit[600] b;", "1200 qubits"),
        ("x q;" * 200_000, "20000. statements; it takes 50000"),
        (" " * MAX_PROGRAM, "characters; it takes"),
        (DOUBLING + " qubit[1] q; g39 q[0];", r"\d+ statements"),
        (DOUBLING + " qubit[1] q; inv @ pow(2) @ g39 q[0];", r"\d+ statements"),
        (DOUBLING.replace("{", "/* { */ {\n") + " qubit[1] q; g39 q[0];", r"\d+ statements"),
    ],
)
def test_what_would_grow_is_told_by_its_text(body, complaint):
    assert re.search(complaint, excess(HEAD + body) or "")


@pytest.mark.parametrize(
    "body",
    [
        "qubit[16] q; bit[16] c; c = measure q;",
        f"qubit[{MAX_QUBITS}] q; bit[{MAX_BITS}] c;",
        "qubit[3] q; bit[0x10] c; bit d; x q[0]; // qubit[1000000000] q;\n",
        "/* bit[100000000] c; */ qubit[1] q;",
        "qubit[1] q; " + "x q[0];" * (MAX_STATEMENTS - 10),
        "gate twice a { x a; x a; } qubit[1] q; twice q[0]; twice q[0];",
        "qubits[0] = 1; delay[1000000000ns] q[0];",
    ],
)
def test_what_devices_run_passes(body):
    assert excess(HEAD + body) is None


def test_a_gate_counts_as_what_it_is_made_of():
    tenfold = "gate ten q {" + "x q;" * 10 + "} gate hundred q {" + "ten q;" * 10 + "} qubit[1] q;"
    assert excess(tenfold + "hundred q[0];" * (MAX_STATEMENTS // 100 - 2)) is None
    assert excess(tenfold + "hundred q[0];" * (MAX_STATEMENTS // 100 + 2)) is not None
