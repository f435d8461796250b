"""PostgreSQL as its users run it: few rights, few connections, newer tables."""

import asyncio
from typing import Any, Protocol

import pytest

from telemetry_research import PostgresStore, StoreError, open_experiment, record, recording

from ..support import emit_some


class Server(Protocol):
    dsn: str


def query(server: Server, *statements: str) -> Any:
    asyncpg = pytest.importorskip("asyncpg")

    async def run() -> Any:
        connection = await asyncpg.connect(server.dsn)
        try:
            return [await connection.fetch(each) for each in statements][-1]
        finally:
            await connection.close()

    return asyncio.run(run())


def connections(server: Server) -> int:
    counted = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
    return int(query(server, counted)[0][0])


def test_no_connection_stays_open_after_stop_and_reading(postgres: Server) -> None:
    before = connections(postgres)
    kept = []
    for _ in range(5):
        with recording("one", store=PostgresStore(postgres.dsn)) as experiment:
            emit_some(5)
        assert len(experiment) == len(list(experiment)) == 6
        kept.append(experiment)

    assert connections(postgres) <= before


def test_the_stop_is_stored_and_a_database_lists_its_experiments(postgres: Server) -> None:
    store = PostgresStore(postgres.dsn)
    with recording("listed", store=store) as experiment:
        record("a.stop")

    assert open_experiment(PostgresStore(postgres.dsn), experiment.id).stopped_at is not None
    found = {each["id"]: each["status"] for each in PostgresStore(postgres.dsn).experiments()}
    assert found[experiment.id] == "stopped"


def test_two_experiments_opened_by_one_store_do_not_mix(postgres: Server) -> None:
    identifiers = []
    for name in ("a", "b"):
        with recording(name, store=PostgresStore(postgres.dsn)) as experiment:
            record(f"{name}.stop")
        identifiers.append(experiment.id)
    store = PostgresStore(postgres.dsn)

    first, second = (open_experiment(store, each) for each in identifiers)

    assert [event.name for event in first] == ["a.stop"]
    assert [event.name for event in second] == ["b.stop"]


def test_a_role_without_rights_on_the_schema_can_record(postgres: Server) -> None:
    with recording("owner", store=PostgresStore(postgres.dsn)):
        record("a.stop")
    query(
        postgres,
        "CREATE ROLE writer LOGIN",
        "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO writer",
    )

    with recording("least", store=PostgresStore(postgres.dsn.replace("tester", "writer"))) as one:
        record("a.stop")

    assert len(one) == 1


def test_a_role_without_any_rights_is_one_clear_error(postgres: Server) -> None:
    query(postgres, "CREATE ROLE poor LOGIN")
    store = PostgresStore(postgres.dsn.replace("tester", "poor"))

    with pytest.raises(StoreError, match="permission denied"):
        recording("poor", store=store).__enter__()


def test_tables_of_a_newer_version_are_refused(postgres: Server) -> None:
    with recording("one", store=PostgresStore(postgres.dsn)):
        record("a.stop")
    query(postgres, "INSERT INTO crucible_schema VALUES (99)")
    try:
        with pytest.raises(StoreError, match="version 99"):
            recording("newer", store=PostgresStore(postgres.dsn)).__enter__()
    finally:
        query(postgres, "DELETE FROM crucible_schema WHERE version = 99")


def test_a_server_that_is_not_there_is_one_clear_error() -> None:
    pytest.importorskip("asyncpg")
    store = PostgresStore("postgresql://tester@127.0.0.1:1/none", timeout_ms=2000)

    with pytest.raises(StoreError, match="does not answer"):
        recording("dead", store=store).__enter__()
