"""Who is asking."""

from typing import Annotated

from fastapi import Depends, Header, Request
from tests.frontend.stub.problems import Refusal
from tests.frontend.stub.store import Account, Store


def store_of(request: Request) -> Store:
    store: Store = request.app.state.store
    return store


def bearer(authorization: Annotated[str, Header()] = "") -> str:
    return authorization.removeprefix("Bearer ")


Token = Annotated[str, Depends(bearer)]


def account(request: Request, token: Token) -> Account:
    found = store_of(request).tokens.get(token)
    if found is None:
        raise Refusal(401, "unauthorized")
    return found


Me = Annotated[Account, Depends(account)]
