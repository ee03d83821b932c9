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
    """Addresses of static files. Hashes are computed once; `reload` (development) looks again each time."""

    def __init__(self, directory: Path = STATIC_DIR, *, reload: bool = False) -> None:
        self.directory = directory
        self._reload = reload
        self._hashes = {path: _hash(directory / path) for path in _files(directory)}

    def url(self, path: str) -> str:
        """`/static/css/base.css?h=<12 hex digits>`; raises KeyError for a file that does not exist."""
        digest = self._hashes[path]
        if self._reload:
            digest = _hash(self.directory / path)
        return f"{STATIC_PATH}/{path}?h={digest}"

    def matches(self, path: str, digest: str) -> bool:
        """Whether `digest` names the content that this process would serve for `path`."""
        if self._reload and path in self._hashes:
            return _hash(self.directory / path) == digest
        return self._hashes.get(path) == digest


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


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _query_value(scope: Scope, name: str) -> str:
    for pair in URL(scope=scope).query.split("&"):
        key, _, value = pair.partition("=")
        if key == name:
            return value
    return ""
