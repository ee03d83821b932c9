"""Which program asks for a token."""

import base64
import binascii
import hmac
from urllib.parse import unquote_plus

from todo_backend.auth.errors import InvalidClient
from todo_backend.settings import Settings

AGENT_CLIENT = "ai-agent"


def authenticate_client(header: str | None, settings: Settings) -> str:
    """The client's id, from `Authorization: Basic` (RFC 6749 section 2.3.1). Raises `InvalidClient`.

    The previous secret is accepted beside the current one, so that it can be changed without a failed
    request. RFC 6749 wants id and secret form-encoded inside Basic, most clients send them as they are; both
    are accepted.
    """
    client_id, secret = _basic(header)
    known = (settings.ai_agent_client_secret, settings.ai_agent_client_secret_previous)
    expected = [value.get_secret_value().encode() for value in known if value is not None]
    candidates = [secret.encode(), unquote_plus(secret).encode(errors="replace")]
    # Every pair is compared, in constant time: how long it takes tells nothing about the secrets.
    matches = [hmac.compare_digest(ours, theirs) for ours in expected for theirs in candidates]
    if client_id != AGENT_CLIENT or not any(matches):
        raise InvalidClient
    return client_id


def _basic(header: str | None) -> tuple[str, str]:
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise InvalidClient
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise InvalidClient from None
    client_id, _, secret = decoded.partition(":")
    return client_id, secret
