"""What a person may choose about the cloud: the device, where the service is, and how patient to be."""

from __future__ import annotations

from typing import Any

import attrs
from attrs import frozen

from oqtopus_experiments import Backend, ge, gt, in_, le, parameter


def _device_name(_: object, field: attrs.Attribute[Any], value: Any) -> None:
    if value is not None and (not isinstance(value, str) or not value.strip()):
        message = f"{field.name!r} must be the name of a device, not {value!r}"
        raise ValueError(message)


def _knows_the_qubits(backend: Any, field: attrs.Attribute[Any], value: Any) -> None:
    if value is True and backend.transpiler != "local":
        message = (
            f"{field.name!r} needs transpiler='local': the service corrects by the qubits of the program as sent, "
            "which its own transpiler moves"
        )
        raise ValueError(message)


@frozen
class OqtopusOptions(Backend):
    """The options of `OqtopusBackend`, which runs circuits by them; everything below it is typed against these."""

    device: str | None = attrs.field(
        default=None, validator=_device_name, metadata={"help": "name of the device (default: the one available QPU)"}
    )
    url: str | None = parameter(None, help="address of the service (default: OQTOPUS_URL, then the config file)")
    token: str | None = parameter(None, secret=True, help="API token (default: OQTOPUS_API_TOKEN, then the file)")
    proxy: str | None = parameter(None, secret=True, help="proxy (default: OQTOPUS_PROXY, then the file)")
    profile: str | None = parameter(None, help="section of the config file to use instead of the environment")
    allow_http: str | None = parameter(None, help="host of the own network that may be asked without encryption")
    mitigate_readout: bool = parameter(
        False,  # a default, not a flag at a call
        _knows_the_qubits,
        help="let the service correct counts for readout errors",
    )
    transpiler: str = parameter(
        "local",
        in_(("local", "service", "default")),
        help="local: compile here; service: its Qiskit, on the qubits asked for; default: whatever the service does",
    )
    delay_step: float = parameter(2.0, ge(0), unit="ns", help="delays must be multiples of it; 0: not checked")
    resubmit_failed: int = parameter(0, ge(0), le(10), help="how often a job that failed on the device is sent again")
    parallel: int = parameter(8, ge(1), le(64), help="requests at once")
    poll_interval: float = parameter(
        10.0,
        gt(0),
        le(86_400),
        unit="s",
        help="longest pause between two looks at the queue; more where jobs take longer",
    )
    request_timeout: float = parameter(
        30.0, gt(0), le(86_400), unit="s", help="silence after which a connection is given up"
    )
    retry_budget: float = parameter(
        300.0, ge(0), unit="s", help="how long one request is tried, repetitions included; 0: once"
    )
