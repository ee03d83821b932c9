"""The PostgreSQL of `make dev` and of the tests: crashes, second starts, other people's directories."""

from pathlib import Path

import pytest

from devstack.postgres import EmbeddedPostgres, PostgresError

pytestmark = pytest.mark.slow


def test_data_survives_a_kill_and_the_port_stays(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data") as server:
        url = server.url("kept")
        server.ensure_database("kept")
        server.sql("CREATE TABLE notes AS SELECT 'still here' AS text", "kept")
        server.kill()
        server.start()
        assert server.url("kept") == url
        assert server.sql("SELECT text FROM notes", "kept") == "still here"


def test_a_pid_file_of_another_process_is_no_obstacle(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / "data", durable=False)
    with server:
        pid_file = (server.directory / "postmaster.pid").read_text()
        server.kill()
        # After a reboot the number may belong to anything; 1 always does.
        (server.directory / "postmaster.pid").write_text("\n".join(["1", *pid_file.splitlines()[1:]]))
        server.start()
        assert server.sql("SELECT 1") == "1"


def test_a_second_server_on_the_same_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("devstack.postgres._STOP_SECONDS", 0.2)
    with EmbeddedPostgres(tmp_path / "data", durable=False) as first:
        second = EmbeddedPostgres(tmp_path / "data", durable=False)
        with pytest.raises(PostgresError, match="is already running on"):
            second.start()
        assert first.sql("SELECT 1") == "1"


def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("irreplaceable")
    with pytest.raises(PostgresError, match="neither empty nor a PostgreSQL data directory"):
        EmbeddedPostgres(tmp_path).start()


def test_it_listens_on_loopback_only(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", durable=False) as server:
        assert server.sql("SHOW listen_addresses") == "127.0.0.1"
        assert server.sql("SHOW unix_socket_directories") == ""
