"""Static files without a build step: addresses carry a hash of the content, so caches may keep them."""

import hashlib
from pathlib import Path

from starlette.datastructures import URL
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC_DIR = Path(__file__).parent / "static"
STATIC_PATH = "/static"
FOREVER = "public, max-age=31536000, immutable"


class Assets:
    """Addresses of static files, hashed once; with `reload` (development) again after a change."""

    def __init__(self, directory: Path = STATIC_DIR, *, reload: bool = False) -> None:
        self.directory = directory
        self._reload = reload
        self._files = {path: _File(directory / path) for path in _files(directory)}

    def url(self, path: str) -> str:
        """`/static/css/base.css?h=<12 hex digits>`; raises KeyError for a file that does not exist."""
        return f"{STATIC_PATH}/{path}?h={self._digest(path)}"

    def matches(self, path: str, digest: str) -> bool:
        """Whether `digest` names the content that this process would serve for `path`."""
        return path in self._files and self._digest(path) == digest

    def _digest(self, path: str) -> str:
        file = self._files[path]
        if self._reload:
            file.refresh()
        return file.digest


class _File:
    """The hash of a file, and the modification time it was computed for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._modified = 0
        self.digest = ""
        self.refresh()

    def refresh(self) -> None:
        modified = self._path.stat().st_mtime_ns
        if modified != self._modified:
            self.digest = hashlib.sha256(self._path.read_bytes()).hexdigest()[:12]
            self._modified = modified


class HashedStaticFiles(StaticFiles):
    """Serves `Assets`. Only a request that names the right hash gets an answer that caches keep forever;
    during a rolling update another hash belongs to another version, which must not be pinned."""

    def __init__(self, assets: Assets) -> None:
        super().__init__(directory=assets.directory)
        self._assets = assets

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        wanted = _query_value(scope, "h")
        cacheable = response.status_code in {200, 304} and self._assets.matches(path, wanted)
        response.headers["Cache-Control"] = FOREVER if cacheable else "no-cache"
        return response


def _files(directory: Path) -> list[str]:
    return [path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()]


def _query_value(scope: Scope, name: str) -> str:
    for pair in URL(scope=scope).query.split("&"):
        key, _, value = pair.partition("=")
        if key == name:
            return value
    return ""
