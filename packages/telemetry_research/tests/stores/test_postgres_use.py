"""PostgreSQL as its users run it: few rights, few connections, newer tables."""

import asyncio
import signal
import threading
import time
from contextlib import closing
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from telemetry_research import (
    DamagedFileError,
    PostgresStore,
    StoreError,
    continue_experiment,
    open_experiment,
    record,
    recording,
)
from telemetry_research._core.chunk import FIELDS
from telemetry_research._stores.postgres_link import Link

from ..support import emit_some


class Server(Protocol):
    dsn: str


class Restartable(Server, Protocol):
    def signal(self, number: int) -> None: ...

    def start(self) -> None: ...

    def kill(self) -> None: ...


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

    # The server ends the process of a connection some time after it was closed.
    deadline = time.monotonic() + 120
    while connections(postgres) > before and time.monotonic() < deadline:
        time.sleep(0.05)
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
        "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO writer",
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


@pytest.mark.slow
def test_a_server_that_is_not_there_is_one_clear_error() -> None:
    pytest.importorskip("asyncpg")
    store = PostgresStore("postgresql://tester@127.0.0.1:1/none", timeout_ms=5000)

    with pytest.raises(StoreError, match="does not answer"):
        recording("dead", store=store).__enter__()


TABLES_OF_0_1 = """
CREATE SCHEMA {0}; SET search_path TO {0};
CREATE TABLE crucible_schema (version int PRIMARY KEY);
INSERT INTO crucible_schema VALUES (1), (2);
CREATE TABLE crucible_experiments (experiment_id text PRIMARY KEY, description json NOT NULL);
CREATE TABLE crucible_sources (
    experiment_id text NOT NULL, source text NOT NULL, next bigint NOT NULL,
    hash text NOT NULL, PRIMARY KEY (experiment_id, source));
CREATE TABLE crucible_events (
    experiment_id text COLLATE "C" NOT NULL, source text COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    host text, pid bigint, name text NOT NULL, timestamp_us bigint NOT NULL,
    monotonic_ns bigint NOT NULL, condition text, item_id text, repeat bigint, thread text,
    task text, span_id bigint, parent_id bigint, duration_ns bigint, cost_usd double precision,
    input_tokens bigint, output_tokens bigint, success boolean, model text, error_type text,
    probability double precision NOT NULL, attributes text NOT NULL,
    PRIMARY KEY (experiment_id, source, sequence));
INSERT INTO crucible_experiments VALUES ('e1', '{{"id": "e1", "name": "old", "hypothesis": null,
    "condition": "default", "tags": [], "metadata": {{}}, "sample_size": null, "status": "stopped",
    "started_at": "2026-11-24T00:00:00+00:00", "stopped_at": null, "duration_ns": 1,
    "paused_ns": 0, "pause_count": 0}}');
INSERT INTO crucible_sources VALUES ('e1', 's', 2, 'abc');
INSERT INTO crucible_events (experiment_id, source, sequence, name, timestamp_us, monotonic_ns,
    probability, attributes) VALUES
    ('e1', 's', 0, 'a.stop', 1, 1, 1, '{{"text":"x\\u0000y"}}'),
    ('e1', 's', 1, 'a.stop', 2, 2, 1, '{{"text":"x\\\\u0000y"}}');
"""


def in_schema(server: Server, name: str) -> str:
    return f"{server.dsn}&options=-c%20search_path%3D{name}"


def test_tables_of_version_0_1_are_converted_and_their_events_kept(postgres: Server) -> None:
    query(postgres, *TABLES_OF_0_1.format("old").split(";")[:-1])
    dsn = in_schema(postgres, "old")

    assert len(open_experiment(PostgresStore(dsn), "e1").events("a.*")) == 2
    with pytest.warns(UserWarning, match="2 events were written by version 0.1"):
        assert PostgresStore(dsn).bound_to("e1").verify() == 0
    with continue_experiment(PostgresStore(dsn), "e1") as experiment:
        record("b.stop")

    texts = [event.attributes.get("text") for event in experiment]
    assert sorted(map(str, texts)) == ["None", "x\x00y", "x\\u0000y"]
    with pytest.warns(UserWarning, match="2 events were written by version 0.1"):
        assert PostgresStore(dsn).bound_to("e1").verify() == 1


def test_attributes_are_jsonb_with_an_index(postgres: Server) -> None:
    with recording("sql", store=PostgresStore(postgres.dsn)) as experiment:
        record("a.stop", {}, {"user": "u1", "deep": {"list": [1, 2]}})

    found = query(
        postgres,
        "SELECT attributes->'deep'->'list' AS list FROM crucible_events WHERE experiment_id ="  # noqa: S608  # our own id
        f" '{experiment.id}' AND attributes @> '{{\"user\": \"u1\"}}'",
    )
    indexes = query(postgres, "SELECT indexdef FROM pg_indexes WHERE tablename = 'crucible_events'")

    assert [row["list"] for row in found] == ["[1, 2]"]
    assert any("gin (attributes" in row["indexdef"] for row in indexes)


@settings(
    deadline=None, max_examples=10, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(
    st.lists(
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers(-(2**80), 2**80) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        ),
        max_size=20,
    )
)
def test_any_attribute_comes_back_from_jsonb_and_its_hash_holds(
    postgres: Server, values: list[Any]
) -> None:
    with recording("any", store=PostgresStore(postgres.dsn)) as stored:
        for value in values:
            record("a.stop", {}, {"value": value, "next\ufdd0": "\x00\ufdd00"})
    with recording("memory") as memory:
        for value in values:
            record("a.stop", {}, {"value": value, "next\ufdd0": "\x00\ufdd00"})

    assert [e.attributes for e in stored] == [e.attributes for e in memory]
    assert isinstance(stored.store, PostgresStore)
    assert stored.store.verify() == len(values)


@pytest.mark.parametrize(
    "pattern", ["a.stop", "a.*", "*.stop", "a?stop", "[ab].stop", "%", "a\x00"]
)
def test_a_search_by_name_finds_the_same_as_in_memory(postgres: Server, pattern: str) -> None:
    found = []
    for store in (None, PostgresStore(postgres.dsn)):
        with recording("names", store=store) as experiment:
            for name in ("a.stop", "b.stop", "axstop", "a.start", "A.stop", "a%stop"):
                record(name)
        found.append(sorted(event.name for event in experiment.events(pattern)))

    assert found[0] == found[1]


def test_an_event_added_behind_the_last_batch_shows(postgres: Server) -> None:
    store = PostgresStore(postgres.dsn)
    with recording("one", store=store) as experiment:
        emit_some(5)
    columns = ", ".join(each for each in FIELDS if each != "sequence")
    query(
        postgres,
        f"INSERT INTO crucible_events (sequence, {columns})"  # noqa: S608  # our own names
        f" SELECT sequence + 1000, {columns} FROM crucible_events"
        f" WHERE experiment_id = '{experiment.id}' LIMIT 1",
    )

    with pytest.raises(DamagedFileError, match="not those written"):
        store.verify()


FEW = """
    CREATE FUNCTION few() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM added) > 600 THEN
            RAISE 'canceling statement due to statement timeout' USING ERRCODE = '57014';
        END IF;
        RETURN NULL;
    END $$
"""
FEW_AT_ONCE = """
    CREATE TRIGGER few AFTER INSERT ON crucible_events REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION few()
"""


@pytest.mark.slow
def test_a_server_that_ends_long_statements_gets_every_event_in_shorter_ones(
    postgres: Server,
) -> None:
    query(postgres, "CREATE SCHEMA limited")
    dsn = in_schema(postgres, "limited")
    with recording("setup", store=PostgresStore(dsn)):
        pass
    query(postgres, "SET search_path = limited", FEW, FEW_AT_ONCE)
    with recording("long", store=PostgresStore(dsn), flush_interval_ms=600_000) as experiment:
        for number in range(10_000):
            record("a.stop", {"duration_ns": number})

    assert [event.duration_ns for event in experiment] == list(range(10_000))


def test_a_reader_waits_for_a_server_that_restarts(postgres: Restartable) -> None:
    with recording("one", store=PostgresStore(postgres.dsn)) as experiment:
        emit_some(5)
    postgres.kill()
    starting = threading.Thread(target=postgres.start)
    starting.start()
    try:
        found = open_experiment(PostgresStore(postgres.dsn, timeout_ms=60_000), experiment.id)
        assert len(list(found)) == 6
    finally:
        starting.join()


@pytest.mark.slow
def test_a_server_that_stalls_gets_every_event_once(postgres: Restartable) -> None:
    store = PostgresStore(postgres.dsn, timeout_ms=5000)
    with recording(
        "stall", store=store, flush_interval_ms=20, stop_timeout_ms=120_000
    ) as experiment:
        emit_some(50)
        experiment.flush()
        postgres.signal(signal.SIGSTOP)
        try:
            emit_some(50)
            with pytest.raises(StoreError):
                experiment.flush()
        finally:
            postgres.signal(signal.SIGCONT)

    with closing(PostgresStore(postgres.dsn).bound_to(experiment.id)) as patient:
        assert patient.verify() == patient.count() == 102


@pytest.mark.slow
def test_a_server_that_stalls_in_the_middle_of_a_large_batch_does_not_hang_the_writer(
    postgres: Restartable,
) -> None:
    store = PostgresStore(postgres.dsn, timeout_ms=5000)
    options: Any = {"flush_interval_ms": 600_000, "stop_timeout_ms": 120_000}
    with recording("large", store=store, **options) as experiment:
        record("a.stop")
        experiment.flush()
        postgres.signal(signal.SIGSTOP)
        try:
            for number in range(500):  # more than the buffers of the socket hold
                record("a.stop", {}, {"text": f"{number} " * 1000})
            with pytest.raises(StoreError):
                experiment.flush()
        finally:
            postgres.signal(signal.SIGCONT)

    with closing(PostgresStore(postgres.dsn).bound_to(experiment.id)) as patient:
        assert patient.verify() == patient.count() == 501


@pytest.mark.slow
def test_work_that_waits_for_ever_is_given_up(postgres: Server) -> None:
    async def wait(connection: Any) -> None:
        await asyncio.Event().wait()

    with closing(Link(postgres.dsn, 3.0)) as link, pytest.raises(StoreError, match="TimeoutError"):
        link.result(link.submit(wait))
