"""The work of the PostgreSQL store on a connection; each may be repeated without harm."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .._core.chunk import FIELDS
from .._core.errors import StoreError
from . import postgres_tables as tables
from .postgres_records import Record, chained

_PAGE = 20_000
_LOCK = 7201533
_COLUMNS = ", ".join(FIELDS)


async def register(experiment_id: str, described: str, connection: Any) -> None:
    """Make the tables ready, and store the description of an experiment.

    Raises:
        StoreError: The tables are of a newer version.
    """
    done = await _known_versions(connection)
    if tables.MIGRATIONS.keys() - done:
        await _migrate(connection)
    added = await connection.execute(tables.NEW_EXPERIMENT, experiment_id, described)
    if not _rows(added):
        await describe(experiment_id, described, connection)


async def _known_versions(connection: Any) -> set[int]:
    """The steps that were taken.

    Raises:
        StoreError: The tables are of a newer version.
    """
    done = await _versions(connection)
    foreign = done - tables.MIGRATIONS.keys()
    if foreign:
        raise StoreError(
            f"the tables of this database have version {max(foreign)}, which this library does"
            f" not know; it knows {max(tables.MIGRATIONS)}: update it, or use another database"
        )
    return done


async def _versions(connection: Any) -> set[int]:
    """The steps that were taken; none without tables."""
    if await connection.fetchval("SELECT to_regclass('crucible_schema')") is None:
        return set()
    return {row["version"] for row in await connection.fetch("SELECT version FROM crucible_schema")}


async def _migrate(connection: Any) -> None:
    """Create or change the tables, which needs the rights of their owner."""
    async with connection.transaction():
        await connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS crucible_schema (version int PRIMARY KEY)"
        )
        done = await _versions(connection)
        for version, step in tables.MIGRATIONS.items():
            if version not in done:
                await connection.execute(step, timeout=None)
                await connection.execute("INSERT INTO crucible_schema VALUES ($1)", version)


async def copy(sources: Mapping[tuple[str, str], Sequence[Record]], connection: Any) -> None:
    """Store the records that the server does not have, with the hash of each batch.

    Raises:
        StoreError: The tables were changed to a newer version since; nothing is stored.
    """
    async with connection.transaction():
        await connection.execute(tables.KEEP_AS_IT_IS)  # then the version cannot change any more
        await _known_versions(connection)
        for key, records in sources.items():
            known = await connection.fetchrow(tables.LAST_BATCH, *key)
            following, chain = (0, "") if known is None else (known["next"], known["hash"])
            fresh = [record for record in records if record[2] >= following]
            if not fresh:
                continue
            for record in fresh:
                chain = chained(chain, record)
            await connection.copy_records_to_table("crucible_events", records=fresh, columns=FIELDS)
            await connection.execute(tables.NEW_BATCH, *key, fresh[-1][2] + 1, chain)


async def page(
    experiment_id: str, pattern: str, after: tuple[str, int], connection: Any
) -> Sequence[Any]:
    """The next events with a name, by source and sequence number."""
    chosen, values = _named(pattern)
    found: Sequence[Any] = await connection.fetch(
        f"SELECT {_COLUMNS} FROM crucible_events WHERE experiment_id = $1{chosen}"  # noqa: S608  # our own names
        f" AND (source, sequence) > ($2, $3) ORDER BY source, sequence LIMIT {_PAGE}",
        experiment_id,
        *after,
        *values,
    )
    return found


def _named(pattern: str) -> tuple[str, list[str]]:
    """The condition for a name; the server selects at most more than the pattern does."""
    if pattern == "*":
        return "", []
    if not re.search(r"[*?\[\x00]", pattern):
        return " AND name = $4", [pattern]
    if "[" in pattern or "\x00" in pattern:
        return "", []
    escaped = re.sub(r"([\\%_])", r"\\\1", pattern)
    return " AND name LIKE $4", [escaped.replace("*", "%").replace("?", "_")]


async def count(experiment_id: str, connection: Any) -> int:
    """The number of events of an experiment."""
    return int(await connection.fetchval(tables.COUNT, experiment_id))


async def descriptions(connection: Any) -> list[str]:
    """The newest description of each experiment, as JSON."""
    await _known_versions(connection)
    query = await _one_of(tables.DESCRIPTIONS, tables.OLD_DESCRIPTIONS, connection)
    return [row["description"] for row in await connection.fetch(query)]


async def description(experiment_id: str, connection: Any) -> str | None:
    """The newest description of an experiment, as JSON."""
    await _known_versions(connection)
    query = await _one_of(tables.DESCRIPTIONS, tables.OLD_DESCRIPTIONS, connection)
    found: str | None = await connection.fetchval(query + tables.OF_EXPERIMENT, experiment_id)
    return found


async def _one_of(current: str, old: str, connection: Any) -> str:
    """A query that the tables answer: version 0.1 has no table of descriptions."""
    known = await connection.fetchval("SELECT to_regclass('crucible_descriptions')")
    return old if known is None else current


async def describe(experiment_id: str, described: str, connection: Any) -> None:
    """Store a newer description of an experiment."""
    await _known_versions(connection)
    await connection.execute(tables.NEW_DESCRIPTION, experiment_id, described)


async def batches(experiment_id: str, connection: Any) -> dict[str, list[tuple[int, str]]]:
    """For each source, where its batches end and their hashes, in their order."""
    found: dict[str, list[tuple[int, str]]] = {}
    query = await _one_of(tables.BATCHES, tables.OLD_BATCHES, connection)
    for row in await connection.fetch(query, experiment_id):
        found.setdefault(row["source"], []).append((row["next"], row["hash"]))
    return found


async def prune(experiment_id: str, before_us: int, connection: Any) -> int:
    """Delete the events from before a time; their number."""
    return _rows(await connection.execute(tables.PRUNE, experiment_id, before_us))


def _rows(status: str) -> int:
    return int(status.rsplit(maxsplit=1)[-1])
