"""``/devices``."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from oqtopus_experiments_oqtopus_emulator._devices import Device
from oqtopus_experiments_oqtopus_emulator._engine import device_key
from oqtopus_experiments_oqtopus_emulator._errors import ApiError
from oqtopus_experiments_oqtopus_emulator._service import Service
from oqtopus_experiments_oqtopus_emulator._views import device_view


def router(service: Service) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/devices")

    def view(device: Device, request: Request) -> dict[str, Any]:
        pending = service.state.pending(device.device_id)
        return device_view(device, service.state.secret, str(request.base_url).rstrip("/"), pending)

    @routes.get("")
    def devices(request: Request) -> list[dict[str, Any]]:
        allowed = [d for d in service.devices.values() if request.scope["user"].may_use(d.device_id)]
        return [view(device, request) for device in sorted(allowed, key=lambda d: d.device_id)]

    @routes.get("/{device_id}")
    def device(device_id: str, request: Request) -> dict[str, Any]:
        if not request.scope["user"].may_use(device_id):
            raise ApiError(403, f"Cannot access device_id={device_id}.")
        found = service.devices.get(device_key(device_id))
        if found is None:
            raise ApiError(404, f"device_id={device_id} is not found.")
        return view(found, request)

    return routes
