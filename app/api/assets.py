"""The build's hashed files, in the smallest of the forms that the build made of them and the client takes."""

import os
from mimetypes import guess_type

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

_FORMS = (("br", ".br"), ("gzip", ".gz"))
"""Encodings and how the build names their files (frontend/build/compress.ts), the smallest first."""


class Assets(StaticFiles):
    """Files whose compressed forms lie beside them; they cost no work here, and are smaller than what is made on the way."""

    def file_response(self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200) -> Response:
        """The file, or one of its forms. A part of it is always a part of the file itself."""
        asked = Headers(scope=scope)
        accepted = set() if "range" in asked else accepted_encodings(asked.get("accept-encoding", ""))
        media_type = guess_type(full_path)[0]
        response = FileResponse(full_path, status_code, media_type=media_type, stat_result=stat_result)
        for encoding, suffix in _FORMS:
            form = f"{os.fspath(full_path)}{suffix}"
            if encoding in accepted and (found := _stat(form)) and found.st_mtime >= stat_result.st_mtime:
                response = FileResponse(
                    form, status_code, headers={"Content-Encoding": encoding}, media_type=media_type, stat_result=found
                )
                break
        response.headers.add_vary_header("Accept-Encoding")
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response


def accepted_encodings(header: str) -> set[str]:
    """The encodings that an Accept-Encoding header names and does not refuse by `q=0`."""
    accepted = set()
    for one in header.split(","):
        name, *parameters = (part.strip().lower() for part in one.split(";"))
        if not any(parameter.replace(" ", "").rstrip("0") in ("q=", "q=0.") for parameter in parameters):
            accepted.add(name)
    return accepted


def _stat(file: str) -> os.stat_result | None:
    try:
        return os.stat(file)
    except OSError:
        return None
