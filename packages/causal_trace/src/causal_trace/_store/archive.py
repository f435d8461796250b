"""Move old chains out of a store into one compressed file, and back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .._core.errors import CorruptChainError
from .._core.times import read_time
from .._model.chain import Chain
from .._model.records import chain_from_dict
from .json_files import JsonStore
from .whole_files import whole_file
from .zip_members import ZipMembers


def archive_chains(
    store: JsonStore,
    path: str | Path,
    *,
    min_age_days: float,
    now: datetime | None = None,
) -> tuple[str, ...]:
    """Move the chains that were not changed for some days into a ZIP file.

    The file is complete and read back before a chain is removed from the store. A file that exists
    keeps its chains.

    Args:
        store: The store.
        path: The ZIP file.
        min_age_days: The smallest age of a chain since its last change.
        now: The present time; None takes the clock's.

    Returns:
        The ids of the chains that were moved.

    Raises:
        CorruptChainError: The file exists and is not such an archive, or a stored file is damaged.
    """
    path = Path(path)
    limit = (now or datetime.now(UTC)) - timedelta(days=min_age_days)
    moved = [each.id for each in store.list() if read_time(each.updated_at) <= limit]
    if not moved:
        return ()
    kept = {chain.id: chain for chain in read_archive(path)} if path.exists() else {}
    chains = {**kept, **{chain_id: store.load(chain_id) for chain_id in moved}}
    _write(path, chains)
    stored = {chain.id: chain for chain in read_archive(path)}
    for chain_id in moved:
        if stored.get(chain_id) != chain_from_dict(json.loads(chains[chain_id].to_json())):
            raise CorruptChainError(path, f"chain {chain_id!r} was not written as it is")
        store.delete(chain_id)
    return tuple(moved)


def read_archive(path: str | Path) -> tuple[Chain, ...]:
    """Return the chains of a ZIP file that ``archive_chains`` wrote.

    Args:
        path: The ZIP file.

    Raises:
        CorruptChainError: The file is damaged, holds other things, or unpacks to more than a file
            of its size may.
    """
    path = Path(path)
    try:
        archive = ZipMembers(path)
        return tuple(map(chain_from_dict, archive.documents(archive.names)))
    except (OSError, ValueError, RecursionError) as error:
        raise CorruptChainError(path, str(error)) from error


def restore_chains(path: str | Path, store: JsonStore) -> tuple[str, ...]:
    """Write the chains of an archive back into a store; the archive stays.

    Args:
        path: The ZIP file.
        store: The store. Chains of the same id are replaced.

    Returns:
        The ids of the chains.

    Raises:
        CorruptChainError: The file is damaged or holds other things.
    """
    chains = read_archive(path)
    for chain in chains:
        store.save(chain)
    return tuple(chain.id for chain in chains)


def _write(path: Path, chains: dict[str, Chain]) -> None:
    import zipfile  # noqa: PLC0415  # slow to import

    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        whole_file(path) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for chain_id, chain in sorted(chains.items()):
            archive.writestr(f"{chain_id}.json", chain.to_json())
