"""The server as one ASGI application."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from attrs import field, frozen
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from oqtopus_experiments_oqtopus_emulator import (
    _control as control,
    _device_routes as device_routes,
    _job_routes as job_routes,
    _storage as storage,
)
from oqtopus_experiments_oqtopus_emulator._bodies import Bounded
from oqtopus_experiments_oqtopus_emulator._devices import Device, default_devices
from oqtopus_experiments_oqtopus_emulator._engine import Engine, Timing, device_key
from oqtopus_experiments_oqtopus_emulator._errors import ApiError, InternalError
from oqtopus_experiments_oqtopus_emulator._faults import Chance, Fault
from oqtopus_experiments_oqtopus_emulator._limits import Limits
from oqtopus_experiments_oqtopus_emulator._misbehaving import Misbehaving
from oqtopus_experiments_oqtopus_emulator._service import Service
from oqtopus_experiments_oqtopus_emulator._state import State
from oqtopus_experiments_oqtopus_emulator._users import DEFAULT_TOKEN, Authentication, User
from oqtopus_experiments_oqtopus_emulator._views import device_info_zip


@frozen(kw_only=True)
class Settings:
    """
    How a server behaves.

    Args:
        devices: What it offers.
        users: Who may use it.
        timing: How long jobs take.
        latency: Seconds every request waits.
        seed: Of counts and faults; None for fresh ones. With a seed, equal programs get equal counts whenever and in
            whatever order they arrive, and the second of two equal ones differs from the first.
        faults: What goes wrong.
        state: The SQLite file; None forgets everything at the end.
        manual: Whether jobs stand still until a test advances them.
        limits: What a job may take, and all of them together.
    """

    devices: Sequence[Device] = field(factory=default_devices)
    users: Sequence[User] = (User(DEFAULT_TOKEN),)
    timing: Timing = field(factory=Timing)
    latency: float = 0.0
    seed: int | None = None
    faults: Sequence[Fault] = ()
    state: Path | None = None
    manual: bool = False
    limits: Limits = field(factory=Limits)


def open_service(settings: Settings) -> Service:
    """Return the service, its engine not started."""
    state = State(settings.state)
    devices = {device_key(device.device_id): device for device in settings.devices}
    for device in devices.values():
        if device.info is not None:
            state.put(device.info_key, device_info_zip(device))
    # After a restart the dice go on elsewhere, or one unlucky sequence of faults would come again and again.
    chance = Chance(settings.faults, None if settings.seed is None else f"{settings.seed} {state.starts}")
    shuffle = any(fault.kind == "shuffle" for fault in settings.faults)
    engine = Engine(state, devices, settings.timing, settings.seed, limits=settings.limits, shuffle=shuffle)
    return Service(state, devices, chance, engine, settings.limits)


def make_app(service: Service, settings: Settings) -> ASGIApp:
    """Return the application of a service."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for router in (
        device_routes.router(service),
        job_routes.router(service),
        storage.router(service),
        control.router(service),
    ):
        app.include_router(router)

    @app.exception_handler(ApiError)
    def refused(_: Request, error: ApiError) -> JSONResponse:
        return JSONResponse({"message": error.message}, error.status)

    @app.exception_handler(InternalError)
    def broken(_: Request, __: InternalError) -> JSONResponse:
        body = {"message": "Internal Server Error", "message_code": "INTERNAL_SERVER_ERROR", "message_params": {}}
        return JSONResponse(body, 500)

    known = {user.token: user for user in settings.users}
    return Bounded(Misbehaving(Authentication(app, known), service.state, service.chance, settings.latency))
