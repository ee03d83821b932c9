"""A real PostgreSQL for every test that wants one.

Each pytest process (so each xdist worker) has its own throw-away server, started at first use. The schema
comes from the real migrations, which run once into a template; every other database is a clone of it.
"""

import asyncio
import itertools
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from devstack.postgres import EmbeddedPostgres

_TEMPLATE = "template_todo"
_serial = itertools.count(1)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a long value after its parameter: it may be random, and all test processes must agree on names."""
    return argname if isinstance(val, str) and len(val) > 24 else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make captured output valid UTF-8: a lone surrogate in a log line would end the xdist worker."""
    report = yield
    report.sections = [
        (name, content.encode("utf-8", "backslashreplace").decode()) for name, content in report.sections
    ]
    return report


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """The server of this pytest process; `.url(name)` and `.sql(statement, name)` reach its databases."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres") / "data", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def template_database(postgres_server: EmbeddedPostgres) -> str:
    """The name of a migrated, empty database. Clone it; never connect to it."""
    from todo_backend.migrate import upgrade  # noqa: PLC0415 - only tests with a database pay for the import

    postgres_server.sql(f"CREATE DATABASE {_TEMPLATE}")
    with ThreadPoolExecutor(1) as other_thread:  # this thread's event loop is the tests'
        other_thread.submit(asyncio.run, upgrade(postgres_server.url(_TEMPLATE))).result()
    return _TEMPLATE


@pytest.fixture(scope="session")
def database_url(postgres_server: EmbeddedPostgres, template_database: str) -> str:
    """One database for all tests of this process that roll back what they do."""
    postgres_server.sql(f"CREATE DATABASE shared TEMPLATE {template_database}")
    return postgres_server.url("shared")


@pytest.fixture
def fresh_database(postgres_server: EmbeddedPostgres, template_database: str) -> Iterator[str]:
    """The URL of a database of its own, for a test that needs real commits or several connections."""
    name = f"fresh_{next(_serial)}"
    postgres_server.sql(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    yield postgres_server.url(name)
    postgres_server.sql(f"DROP DATABASE {name} WITH (FORCE)")
