"""The command line over a database: what it shows, and that no password is among it."""

from functools import partial
from pathlib import Path

import pytest

from telemetry_research import PostgresStore, record, recording
from telemetry_research._showing import sources
from telemetry_research._showing.command import main

from ..conftest import Server

PASSWORD = "s3cr3t"  # noqa: S105  # of the test server, which trusts all


def address(server: Server, scheme: str = "postgresql") -> str:
    return f"{scheme}://tester:{PASSWORD}@/postgres?host={server.folder}"


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["postgresql", "POSTGRES"])
def test_the_experiments_of_a_database_are_listed_and_shown(
    postgres: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str], scheme: str
) -> None:
    with recording(f"shown {scheme}", store=PostgresStore(postgres.dsn)) as experiment:
        for number in range(30):
            name = "llm.request.exception" if number == 3 else "llm.request.stop"
            record(name, {"duration_ns": number}, {"n": number, "error_type": "LostError"})
    source, chosen = address(postgres, scheme), ["--id", experiment.id[:12]]
    page = tmp_path / "p.html"

    statuses = [
        main(["ls", source]),
        main(["show", source, *chosen]),
        main(["tail", "-n", "2", source, *chosen]),
        main(["show", source, *chosen, "--html", str(page)]),
    ]
    shown = capsys.readouterr()

    assert statuses == [0, 0, 0, 0]
    listed = next(line for line in shown.out.splitlines() if experiment.id in line)
    assert "30 events" in listed
    assert "model: 1 LostError" in shown.out
    assert shown.out.count('"n":28') == shown.out.count('"n":29') == 1
    assert PASSWORD not in shown.out + shown.err + page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("source", "shown_text"),
    [
        (f"postgresql://me:{PASSWORD}@/postgres?host=/tmp/no-such-folder", "does not answer"),
        (f"postgresql://127.0.0.1:1/x?password={PASSWORD}", "does not answer"),
        (f"postgresql://me:{PASSWORD}@127.0.0.1:port/x", "cannot be read"),
        (f"postgresql://me:ab/{PASSWORD}@127.0.0.1/x", "cannot be read"),
        (f"postgresql://me:{PASSWORD}@[::1/x", "cannot be read"),
        (f"postgresql+asyncpg://me:{PASSWORD}@host/x", "does not exist"),
        (f"postgresql:me:{PASSWORD}@host/x", "does not exist"),
        (f"host=h password={PASSWORD} dbname=x", "does not exist"),
    ],
)
@pytest.mark.parametrize("command", ["ls", "show", "tail"])
def test_an_address_without_a_server_is_an_error_text_without_its_password(
    command: str,
    source: str,
    shown_text: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("asyncpg")
    monkeypatch.setattr(sources, "PostgresStore", partial(PostgresStore, timeout_ms=20))

    status = main([command, source])
    shown = capsys.readouterr()

    assert status == 2
    assert shown_text in shown.err
    assert PASSWORD not in shown.out + shown.err
