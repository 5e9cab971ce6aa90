"""
Mistakes of authors, each with the sentence that it gets.

A mistake is a change of `good.py`: texts that stand there, and what stands there instead.
"""

from __future__ import annotations

from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake: its name, its changes, and a part of the sentence that its author reads."""

    name: str
    sentence: str
    changes: tuple[tuple[str, str], ...]
    analyzer: str = ""


def mistake(name: str, sentence: str, *texts: str, analyzer: str = "") -> Mistake:
    """Return a mistake whose changes are given as text, other text, text, other text."""
    return Mistake(name, sentence, tuple(zip(texts[::2], texts[1::2], strict=True)), analyzer)


SWEEP = 'Sweep(Axis("delay", np.linspace(100, self.longest, self.delays), unit="ns"))'
CIRCUIT = "def circuit(self, delay):\n        from qiskit import QuantumCircuit\n"
SIGNAL = 'signal = Probability("1")'
START = '{"lifetime": 20_000.0, "amplitude": 0.9}'
DELAYS = 'delays: int = parameter(8, ge(4), help="number of delays")'
RETURN = "circuit.measure(0, 0)\n        return circuit"
APPEND = 'analyses.append(Analysis(target, [Quantity("average", mean.mean(), 0.01)], verdict))'
RECORD = "        return analyses"
AVERAGE = "average"

CLASSES = [
    mistake("the name has capitals", "has no name such as 'rabi'", 'name = "decay"', 'name = "Decay"'),
    mistake("there is no name", "has no name such as 'rabi'", '    name = "decay"\n', ""),
    mistake("the class is not frozen", "is not decorated with @attrs.frozen", "@frozen(kw_only=True)\nclass Decay", "class Decay"),
    mistake("there is no circuit", "does not define circuit", "def circuit(", "def circuits("),
    mistake("a default is refused by its own validator", "'delays' must be >= 4: 2", "parameter(8, ge(4)", "parameter(2, ge(4)"),
    mistake("a default has another type than it says", "'delays' must be an integer, not 8.5", "parameter(8, ge(4)", "parameter(8.5, ge(4)"),
    mistake("a default can be changed", "a default that can be changed is shared by all", DELAYS, "delays: int = parameter(8, ge(4))\n    extra: list = parameter([1, 2])"),
    mistake("a parameter has no type", "has a parameter 'delays' without a type", "delays: int = ", "delays = ", "longest: float = ", "longest = "),
    mistake("a field is not a parameter", "a field 'extra' that is not declared with parameter", DELAYS, DELAYS + "\n    extra: int = 3"),
    mistake("a parameter is called like the qubits", "a parameter 'targets', which means something else", DELAYS, DELAYS + "\n    targets: int = parameter(3)"),
    mistake("a parameter is called like a key of the run file", "a parameter 'shots', which means something else", DELAYS, DELAYS + "\n    shots: int = parameter(3)"),
    mistake("the unit of a parameter is misspelt", "'nsec' is not a unit; did you mean 'ns'?", 'unit="ns", help', 'unit="nsec", help'),
    mistake("the signal is a text", "the signal '1', which is not a signal such as Probability", SIGNAL, 'signal = "1"'),
    mistake("the signal is a class", "which is not a signal such as Probability", SIGNAL, "signal = Probability"),
    mistake("a bit string holds other letters", "must be a bit string such as '1' or '01', not '|1>'", SIGNAL, 'signal = Probability("|1>")'),
    mistake("num_qubits is a method", "has num_qubits as a method: make it a @property", SIGNAL, SIGNAL + "\n\n    def num_qubits(self):\n        return 1"),
    mistake("num_qubits is 0", "has num_qubits = 0, which is not an integer >= 1", SIGNAL, SIGNAL + "\n    num_qubits = 0"),
    mistake("the analyzer is a class", "it is the name of one", SIGNAL, SIGNAL + "\n    analyzer = Analyzer"),
    mistake("a parameter is called like a method", "has a 'expected' that is not a method", DELAYS, DELAYS + "\n    expected: int = parameter(3)"),
    mistake("the sweep is not a method", "has a 'sweep' that is not a method", "    def sweep(self):\n        return " + SWEEP, '    sweep = Sweep(Axis("delay", [1.0, 2.0]))'),
    mistake("a hook gives a class instead of a list", "must return a list of classes", "return [Decay]", "return Decay"),
    mistake("a hook gives an object instead of a class", "return the class, Decay without ()", "return [Decay]", "return [Decay()]"),
    mistake("a hook gives the wrong kind", "is not a subclass of Experiment", "return [Decay]", "return [Average]"),
    mistake("a module is imported that is not there", "ModuleNotFoundError: No module named 'nowhere'", "import numpy as np\n", "import numpy as np\nimport nowhere\n"),
    mistake("the module ends the program", "SystemExit", "import numpy as np\n", "import numpy as np\nraise SystemExit(3)\n"),
    mistake("the module is not Python", "SyntaxError", "def guess(delay, signal):", "def guess(delay, signal)"),
]  # fmt: skip
"""Seen when the plugin is loaded: it is skipped, and whoever asks for its experiment is told why."""

DECLARATIONS = [
    mistake("the sweep is a list", "Decay.sweep must return a Sweep, not [Axis", SWEEP, '[Axis("delay", [1.0, 2.0])]'),
    mistake("the sweep is of a list", "a sweep is made of axes, Sweep(Axis(...), Axis(...)), not of [Axis", SWEEP, 'Sweep([Axis("delay", [1.0, 2.0])])'),
    mistake("the sweep has no return", "Decay.sweep must return a Sweep, not None", "return " + SWEEP, SWEEP),
    mistake("the sweep has no points", "needs a one-dimensional list of at least one value", SWEEP, 'Sweep(Axis("delay", []))'),
    mistake("a point is not finite", "holds a value that is not finite", SWEEP, 'Sweep(Axis("delay", [1.0, np.inf]))'),
    mistake("the values are a matrix", "not shape (2, 2)", SWEEP, 'Sweep(Axis("delay", np.ones((2, 2))))'),
    mistake("an axis is of numbers and labels", "an axis is of numbers or of labels, not of both", SWEEP, 'Sweep(Axis("delay", [1.0, "two"]))'),
    mistake("an axis is of None", "neither numbers nor labels", SWEEP, 'Sweep(Axis("delay", [None, None]))'),
    mistake("a label stands twice", "holds a label twice", SWEEP, 'Sweep(Axis("delay", ["x", "y", "x"]))'),
    mistake("an axis is called like a column", "has an axis 'shots', a name that is taken", SWEEP, 'Sweep(Axis("shots", [1, 2]))'),
    mistake("an axis is called like an argument", "has an axis 'target', a name that is taken", SWEEP, 'Sweep(Axis("target", [1, 2]))'),
    mistake("an axis has a name with a space", "has an axis 'the delay', which cannot be the name of an argument", 'Axis("delay"', 'Axis("the delay"'),
    mistake("the unit of an axis has a space", "whose unit 'ns ' is not a unit; did you mean 'ns'?", 'self.delays), unit="ns"', 'self.delays), unit="ns "'),
    mistake("two axes have one name", "each with a name of its own", SWEEP, 'Sweep(Axis("delay", [1, 2]), Axis("delay", [1, 2]))'),
    mistake("an attribute is misspelt", "AttributeError: 'Decay' object has no attribute 'delay_number'", "self.delays)", "self.delay_number)"),
    mistake("the circuit calls the axis otherwise", "Decay.circuit takes 'time', which is not an axis of the sweep: delay", CIRCUIT, CIRCUIT.replace("delay", "time") + "        delay = time\n"),
    mistake("the circuit does not take an axis", "Decay.circuit does not take 'seed', an axis of the sweep", SWEEP, 'Sweep(Axis("delay", [1.0, 2.0]), Axis("seed", [1, 2]))'),
    mistake("the circuit takes anything", "Decay.circuit takes **point: name each axis", "def circuit(self, delay):", "def circuit(self, **point):\n        delay = point['delay']"),
    mistake("the circuit is not given back", "Decay.circuit must give a circuit, not None; does it end with `return circuit`?", RETURN, "circuit.measure(0, 0)"),
    mistake("the circuit is a list", "Decay.circuit must give a circuit, not [", RETURN, "circuit.measure(0, 0)\n        return [circuit]"),
    mistake("nothing is measured", "Decay.circuit measures nothing: none of its 1 classical bits is ever written", RETURN, "return circuit"),
    mistake("there are no classical bits", "it has 1 qubits and 0 classical bits", "QuantumCircuit(1, 1)", "QuantumCircuit(1)", "circuit.measure(0, 0)", ""),
    mistake("the circuit has another number of qubits", "Decay.circuit must act on 1 qubits", "QuantumCircuit(1, 1)", "QuantumCircuit(2, 1)"),
    mistake("the circuit measures more bits than the signal reads", "Probability(outcome='1') reads 1 classical bits per target; the circuit has 2", "QuantumCircuit(1, 1)", "QuantumCircuit(1, 2)"),
    mistake("the signal reads more bits than are measured", "Probability(outcome='11') reads 2 classical bits per target", SIGNAL, 'signal = Probability("11")'),
    mistake("a gate is misspelt", "'QuantumCircuit' object has no attribute 'pix'", "circuit.x(0)", "circuit.pix(0)"),
    mistake("a qubit is out of range", "Decay.circuit failed at point delay = 100 ns: CircuitError", "circuit.x(0)", "circuit.x(1)"),
    mistake("the last point alone cannot be built", "Decay.circuit failed at point delay = 60000 ns: ZeroDivisionError", "circuit.x(0)", "circuit.x(0)\n        1 / (60_000 - delay)"),
    mistake("a circuit is random", "gives another circuit for the same point", "circuit.x(0)", "circuit.rx(np.random.random(), 0)"),
    mistake("one circuit is used for all points", "changes a circuit that it gave before", "circuit = QuantumCircuit(1, 1)\n", "circuit = KEPT.setdefault('it', QuantumCircuit(1, 1))\n", "def known(", "KEPT = {}\n\n\ndef known("),
    mistake("the signal of a point takes no axis", "Decay.signal takes 'time', which is not an axis", SIGNAL, 'def signal(self, time):\n        return Probability("1")'),
    mistake("the signal of a point is a text", "must be a signal such as Probability('1')", SIGNAL, 'def signal(self, delay):\n        return "1"'),
    mistake("the signal of references is not said", "set reference_signal", SIGNAL, 'def signal(self, delay):\n        return Probability("1")', "return {}", "return {'ground': self.circuit(0.0)}"),
    mistake("references are a list", "Decay.references must return a Mapping, not []", "return {}", "return []"),
    mistake("a reference is a builder", "Decay.references must give a circuit, not <function", "return {}", "return {'ground': lambda: None}"),
    mistake("a signal of an author's own has the wrong shape", "must give one finite number for each outcome", SIGNAL, "signal = Mine()", "@frozen(kw_only=True)\nclass Decay", "from oqtopus_experiments import Signal\n\n\nclass Mine(Signal):\n    label = 'mine'\n\n    def values(self, bits):\n        return bits.astype(float)\n\n\n@frozen(kw_only=True)\nclass Decay"),
]  # fmt: skip
"""Seen by `oqx check`, and by `oqx run` before anything is submitted."""

MODELS = [
    mistake("the example misspells a parameter", "the example holds 'life_time', which the model does not have: lifetime, amplitude", "checks=(known,)", 'checks=(known,), example={"life_time": 2e4, "amplitude": 0.9}'),
    mistake("the example leaves a parameter out", "the example of its truth has no value of 'amplitude': give all, or no example", "checks=(known,)", 'checks=(known,), example={"lifetime": 2e4}'),
    mistake("the example is not a number", "the example of 'lifetime' must be a finite number, not nan", "checks=(known,)", 'checks=(known,), example={"lifetime": np.nan, "amplitude": 0.9}'),
    mistake("the example is beyond its bounds", "the example of 'lifetime' must be within its bounds, 1 to 1e+09, not 0.5", "checks=(known,)", 'checks=(known,), example={"lifetime": 0.5, "amplitude": 0.9}'),
    mistake("the formula is a sentence", "the formula of a fit model has no expression on its right side: 'a decay with a lifetime'", "checks=(known,)", 'checks=(known,), formula="P(1) = a decay with a lifetime"'),
    mistake("the formula has one side", "the formula of a fit model must be written as 'P(1) = ...'", "checks=(known,)", 'checks=(known,), formula="amplitude * exp(-delay / lifetime)"'),
    mistake("the formula misspells a parameter", "its formula names 'life_time', which is neither an axis nor a parameter of the model: delay, lifetime, amplitude", "checks=(known,)", 'checks=(known,), formula="P(1) = amplitude * exp(-delay / life_time)"'),
    mistake("the formula leaves a parameter out", "its formula does not name 'amplitude', on which the model depends", "checks=(known,)", 'checks=(known,), formula="P(1) = exp(-delay / lifetime)"'),
    mistake("the formula is another law", "its formula gives 0.899978 at delay = 100.0, where decay gives 0.895", "checks=(known,)", 'checks=(known,), formula="P(1) = amplitude * exp(-(delay / lifetime) ** 2)"'),
    mistake("the model is a number", "must return a FitModel, not 3", "return FitModel(\n            decay,", "return 3\n        return FitModel(\n            decay,"),
    mistake("no argument of the model is an axis", "no argument of decay is an axis of the sweep: delay", "def decay(delay,", "def decay(time,", "-delay /", "-time /"),
    mistake("the guess is in another order", "guess is called with delay, signal, in this order", "def guess(delay, signal)", "def guess(signal, delay)"),
    mistake("the guess takes too little", "guess is called with delay, signal, in this order; it takes signal", "def guess(delay, signal)", "def guess(signal)"),
    mistake("the guess misses a parameter", "its guess gives no start of 'amplitude'", ', "amplitude": 0.9}', "}"),
    mistake("the guess misspells a parameter", "its guess gives no start of 'lifetime'", '{"lifetime": 20', '{"life_time": 20'),
    mistake("the guess names too much", "a start of 'offset', which the model does not have", '"amplitude": 0.9}', '"amplitude": 0.9, "offset": 0.0}'),
    mistake("the guess gives nothing", "its guess must return starting values by name", "return " + START, START),
    mistake("the guess is a list of numbers", "its guess must return starting values by name", START, "[20_000.0, 0.9]"),
    mistake("the guess is NaN", "which is not a finite number", "20_000.0", "np.nan"),
    mistake("the guess fails", "Decay.fit_model failed in its guess, on made-up points: KeyError: 'first'", "return " + START, "return {}['first']"),
    mistake("the guess never finds anything", "ValueError: nothing found", "return " + START, "raise ValueError('nothing found')"),
    mistake("there is no guess", "is a plain function and needs a guess", "            guess,\n", ""),
    mistake("the model is for one number", "Decay.fit_model failed at its own guess: TypeError", "np.exp(", "math.exp(", "import numpy as np\n", "import math\n\nimport numpy as np\n"),
    mistake("the model gives one value too few", "must give one number for each of 8 points", "return amplitude * np.exp(-delay / lifetime)", "return amplitude * np.exp(-delay / lifetime)[1:]"),
    mistake("the model is NaN", "decay gives NaN at every point", "return amplitude *", "return np.nan *"),
    mistake("bounds are reversed", "bounds of 'lifetime' must be (low, high) with low < high, not (1000000000.0, 1.0)", "(1.0, 1e9)", "(1e9, 1.0)"),
    mistake("bounds have one end", "bounds of 'lifetime' must be (low, high)", "(1.0, 1e9)", "(1.0,)"),
    mistake("bounds are of another name", "bounds are given for 'life', which the model does not have", 'bounds={"lifetime"', 'bounds={"life"'),
    mistake("a unit is misspelt", "unit of 'lifetime': 'usec' is not a unit; did you mean 'us'?", 'units={"lifetime": "ns"}', 'units={"lifetime": "usec"}'),
    mistake("a unit is of another name", "a unit is given for 't1', which the model does not have", 'units={"lifetime"', 'units={"t1"'),
    mistake("a quantity is of another name", "the quantities to report hold 'speed', which the model does not have", '"rate"),', '"speed"),'),
    mistake("the quantities are one text", "quantities are names in a tuple", 'quantities=("lifetime", "rate")', 'quantities=("lifetime")'),
    mistake("a quantity stands twice", "quantities are names in a tuple, each once", '("lifetime", "rate")', '("lifetime", "lifetime")'),
    mistake("a derived quantity is of another name", "'rate' is derived from 'life', which the model does not have", '"1 / lifetime"', '"1 / life"'),
    mistake("a derived quantity is no expression", "is not an expression", '"1 / lifetime"', '"1 / / lifetime"'),
    mistake("a derived quantity is a number", "derived quantity 'rate' must be an expression or a function", '"1 / lifetime"', "0.5"),
    mistake("a derived function fails", "Decay.fit_model failed at its own guess: AttributeError", '"1 / lifetime"', "lambda lifetime: lifetime.inverse"),
    mistake("a derived quantity is called like a parameter", "is called like a parameter or an axis", 'derived={"rate"', 'derived={"amplitude"', '"rate"),', '"amplitude"),'),
    mistake("a quantity is called like a column", "every table has a column 'shots' already", 'derived={"rate"', 'derived={"shots"', '"rate"),', '"shots"),'),
    mistake("a quantity is called like an error", "belongs to the quantity 'lifetime'", 'derived={"rate"', 'derived={"lifetime_stderr"', '"rate"),', '"lifetime_stderr"),'),
    mistake("a check is not in a tuple", "checks are functions in a tuple", "checks=(known,)", "checks=known"),
    mistake("a check gives nothing", "its check 0 must return a list of Reason, empty where there is nothing to say, not None", "    return []", "    pass"),
    mistake("a check gives one reason", "its check 0 must return a list of Reason", "    return []", '    return Reason("known", "it is known", "good")'),
    mistake("a check fails", "Decay.fit_model failed in its check 0: KeyError: 't1'", "    return []", "    return summary.quantities['t1'].value"),
    mistake("a reference of the model is not run", "it has the reference 'ground'; the reference circuits of the experiment: none", "checks=(known,)", "references={'ground': lambda amplitude: amplitude}"),
    mistake("a reference of the model is a number", "reference 'ground' of a fit model must be a function, not 0.0", "checks=(known,)", "references={'ground': 0.0}"),
    mistake("the model is written with stars", "takes *args or **kwargs", "def decay(delay, lifetime, amplitude):", "def decay(delay, *parameters):\n    lifetime, amplitude = parameters"),
]  # fmt: skip
"""Likewise, in the model."""

ANALYZERS = [
    mistake("an analyzer gives nothing", "Average.analyze must return a list with one Analysis per target, not None", RECORD, "        pass", analyzer=AVERAGE),
    mistake("an analyzer is a generator", "must return a list with one Analysis per target, not a generator", APPEND, "yield " + APPEND[16:-1], RECORD, "", analyzer=AVERAGE),
    mistake("an analyzer gives one for all", "must return one Analysis per target: 1 for 2 targets", RECORD, "        return analyses[:1]", analyzer=AVERAGE),
    mistake("an analyzer gives another order", "in the order of the targets", RECORD, "        return analyses[::-1]", analyzer=AVERAGE),
    mistake("an analyzer gives numbers", "must return a list of Analysis; it holds 1", RECORD, "        return [1 for one in analyses]", analyzer=AVERAGE),
    mistake("an error is negative", "'average' has a negative error, -0.01", "0.01)]", "-0.01)]", analyzer=AVERAGE),
    mistake("an error is infinite", "'average' has an infinite stderr", "0.01)]", "np.inf)]", analyzer=AVERAGE),
    mistake("a value is not known but its error is", "has no value but the error 0.01", "mean.mean(), 0.01", "np.nan, 0.01", analyzer=AVERAGE),
    mistake("a value is a text", "has the value '0.5', which is not a number", "mean.mean(), 0.01", "'0.5', 0.01", analyzer=AVERAGE),
    mistake("two quantities have one name", "two quantity entries have one name, 'average'", "0.01)]", '0.01), Quantity("average", 1.0, 0.1)]', analyzer=AVERAGE),
    mistake("a quantity of an analyzer is called like a column", "every table has a column 'verdict' already", 'Quantity("average"', 'Quantity("verdict"', analyzer=AVERAGE),
    mistake("a quantity is a number", "1 stands where a Quantity is due", '[Quantity("average", mean.mean(), 0.01)]', "[1]", analyzer=AVERAGE),
    mistake("a verdict is a text", "its verdict is 'good', not a Verdict", "verdict))", "'good'))", analyzer=AVERAGE),
    mistake("a verdict has a level of its own", "has the level 'fine'; the levels are good, suspect, bad", '"good")])', '"fine")])', analyzer=AVERAGE),
    mistake("a verdict has no reason", "a verdict needs at least one reason", '[Reason("averaged", "the mean over the sweep", "good")]', "[]", analyzer=AVERAGE),
    mistake("fitted values are too few", "its fitted must have shape (8,), not (3,)", "verdict))", "verdict, fitted=np.ones(3)))", analyzer=AVERAGE),
    mistake("a covariance has another shape", "its covariance must have shape (1, 1), not (2, 2)", "verdict))", "verdict, covariance=np.ones((2, 2))))", analyzer=AVERAGE),
    mistake("the unit of a quantity is misspelt", "'nanoseconds' is not a unit; did you mean 'ns'?", "0.01)]", "0.01, 'nanoseconds')]", analyzer=AVERAGE),
    mistake("points of a panel have no errors", "they must be lists as long", "verdict))", "verdict, panels=[Panel(points=[PointSeries([1, 2], [3, 4], [])])]))", "    Analyzer,\n", "    Analyzer,\n    Panel,\n    PointSeries,\n", analyzer=AVERAGE),
    mistake("a panel is a dictionary", "a dict stands where a Panel is due", "verdict))", "verdict, panels=[{}]))", analyzer=AVERAGE),
    mistake("an analyzer fails", "Average.analyze failed of 'decay': ZeroDivisionError", RECORD, "        return analyses[0] / 0 if not analyses else 1 / 0", analyzer=AVERAGE),
    mistake("an analyzer ends the program", "Average.analyze failed of 'decay': SystemExit", RECORD, "        raise SystemExit", analyzer=AVERAGE),
]  # fmt: skip
"""Likewise, in an analyzer."""

LATE = [
    mistake("a signal fails on real counts", "Decay.signal failed while the counts were read: ZeroDivisionError", SIGNAL, "signal = Mine()", "@frozen(kw_only=True)\nclass Decay", "from oqtopus_experiments import Signal\n\n\nclass Mine(Signal):\n    label = 'mine'\n\n    def values(self, bits):\n        return bits[:, 0] / (len(bits) < 3 or 1 / 0)\n\n\n@frozen(kw_only=True)\nclass Decay"),
    mistake("a check fails on real data", "Decay failed in CurveFit.analyze of 'decay': KeyError: 'window'", "    return []", "    return [] if summary.stderr.max() == summary.stderr.min() else summary.axes['window']"),
    mistake("a model fails on real data", "Decay failed in CurveFit.analyze of 'decay': KeyError: 'lost'", "    return amplitude *", "    CALLS.append(delay)\n    if len(CALLS) > 20:\n        raise KeyError('lost')\n    return amplitude *", "def decay(", "CALLS = []\n\n\ndef decay("),
    mistake("a sweep fails when all is measured", "KeyError: 'too late'", "    def sweep(self):\n", "    def sweep(self):\n        if any('\"index\":7' in path.read_text() for path in Path('runs').glob('*/decay/journal.jsonl')):\n            raise KeyError('too late')\n", "import numpy as np\n", "from pathlib import Path\n\nimport numpy as np\n"),
]  # fmt: skip
"""Seen when all is measured, of real counts alone."""
