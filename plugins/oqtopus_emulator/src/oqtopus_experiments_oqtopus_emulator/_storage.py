"""Storage, the second service behind the API: presigned uploads and downloads of one bucket."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from oqtopus_experiments_oqtopus_emulator import _signing as signing
from oqtopus_experiments_oqtopus_emulator._limits import MEBIBYTE
from oqtopus_experiments_oqtopus_emulator._service import Service


def router(service: Service) -> APIRouter:
    """Return the routes of the bucket."""
    state = service.state
    routes = APIRouter(prefix=f"/{signing.BUCKET}")

    @routes.post("")
    async def upload(request: Request) -> Response:
        async with request.form() as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            file = form.get("file")
            refused = signing.refuse_upload(state.secret, fields)
            if refused is not None:
                return _error(403, *refused)
            if not isinstance(file, UploadFile) or list(form)[-1] != "file":
                # What stands after the file is ignored, and a field without a file name is not a file.
                return _error(400, "InvalidArgument", "POST requires exactly one file upload per request.")
            content = await file.read()
        if state.stored() + len(content) > service.limits.stored * MEBIBYTE:
            return _error(400, "QuotaExceeded", f"{service.limits.stored} MiB are stored; delete jobs to make room.")
        key = fields["key"]
        with state.transaction():
            state.put(key, content)
            state.count(key.partition("/")[0], "uploads")
        return Response(status_code=204, media_type="text/html")

    @routes.get("/{key:path}")
    def download(request: Request, key: str) -> Response:
        refused = signing.refuse_download(state.secret, key, request.query_params)
        if refused is not None:
            return _error(403, *refused)
        content = state.get(key)
        if content is None:
            return _error(404, "NoSuchKey", "The specified key does not exist.")
        return Response(content, media_type="binary/octet-stream")

    return routes


def _error(status: int, code: str, message: str) -> Response:
    return Response(signing.error_xml(code, message), status, media_type="application/xml")
