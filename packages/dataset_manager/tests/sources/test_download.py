"""Downloads come to an end: with the bytes that were pinned, or with an error that says why."""

import hashlib
import math
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import anyio
import pytest

from dataset_manager import (
    ChecksumError,
    DatasetError,
    DownloadError,
    Sources,
    UnavailableError,
    load,
    load_sync,
)
from dataset_manager._core.loops import seconds_left, time_limit
from dataset_manager._sources import download as download_module
from dataset_manager._sources.download import ask, download
from dataset_manager._sources.http import Answer

BODY = bytes(range(256)) * 400
HASH = hashlib.sha256(BODY).hexdigest()


def get(server: Any, target: Path, **options: Any) -> tuple[Path, list[float]]:
    waits: list[float] = []
    return download(
        server.url, target, sha256=HASH, size=len(BODY), wait=waits.append, **options
    ), waits


def test_a_file_arrives_whole_and_is_not_fetched_again(server: Any, tmp_path: Path) -> None:
    path, waits = get(server, tmp_path / "deep" / "file")
    again, _ = get(server, path)

    assert path.read_bytes() == again.read_bytes() == BODY
    assert waits == []
    assert len(server.ranges) == 1
    assert {entry.name for entry in path.parent.iterdir()} <= {"file", "file.lock"}


def test_progress_is_counted_in_bytes_of_the_file(server: Any, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    server.script = ["cut"]

    get(server, tmp_path / "file", on_progress=lambda *each: seen.append(each))

    assert seen == sorted(seen)
    assert {total for _, total in seen} == {len(BODY)}
    assert seen[-1] == (len(BODY), len(BODY))


def test_a_broken_connection_is_resumed(server: Any, tmp_path: Path) -> None:
    server.script = ["cut", "cut"]

    path, waits = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-", f"bytes={len(BODY) * 3 // 4}-"]
    assert waits == [1.0, 2.0]


def test_a_file_that_changed_meanwhile_is_fetched_from_the_start(
    server: Any, tmp_path: Path
) -> None:
    server.script = ["changed"]

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges[1] is not None


def test_a_file_with_another_hash_is_discarded(server: Any, tmp_path: Path) -> None:
    server.script = ["lie"]

    with pytest.raises(ChecksumError, match="is pinned"):
        get(server, tmp_path / "file")

    assert {entry.name for entry in tmp_path.iterdir()} <= {"file.lock"}


def test_a_busy_server_is_asked_again_after_its_retry_after(server: Any, tmp_path: Path) -> None:
    server.script = ["429", "503"]

    path, waits = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert waits == [7.0, 7.0]


def test_tries_come_to_an_end(server: Any, tmp_path: Path) -> None:
    server.script = ["503"] * 10

    with pytest.raises(DownloadError, match=r"answers 503 \(tried 3 times\)"):
        get(server, tmp_path / "file", tries=3)

    assert len(server.ranges) == 3


def test_a_file_that_is_not_there_is_not_asked_for_again(server: Any, tmp_path: Path) -> None:
    server.script = ["404"] * 10

    with pytest.raises(DownloadError, match="answers 404"):
        get(server, tmp_path / "file")

    assert len(server.ranges) == 1


def test_a_server_that_is_not_there_is_an_error_and_not_a_hang(server: Any, tmp_path: Path) -> None:
    server.http.shutdown()
    server.http.server_close()

    with pytest.raises(DownloadError, match=r"Connection\w*Error"):
        get(server, tmp_path / "file", tries=2)


def test_a_part_that_does_not_begin_where_it_should_is_not_appended(
    server: Any, tmp_path: Path
) -> None:
    server.script = ["cut", "shift"]

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-", None]


def test_an_answer_without_a_length_that_ends_early_is_resumed(server: Any, tmp_path: Path) -> None:
    server.script = ["unsized"]

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == [None, f"bytes={len(BODY) // 2}-"]


def test_no_more_is_read_than_the_file_can_have(server: Any, tmp_path: Path) -> None:
    server.script = ["long"]

    with pytest.raises(ChecksumError):
        get(server, tmp_path / "file")

    assert {entry.name for entry in tmp_path.iterdir()} <= {"file.lock"}


def leave_part(folder: Path, body: bytes) -> None:
    (folder / "file.part").write_bytes(body)
    (folder / "file.part.etag").write_text('"tag"')


def test_a_run_killed_before_the_check_leaves_all_that_is_needed(
    server: Any, tmp_path: Path
) -> None:
    leave_part(tmp_path, BODY)

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == []


@pytest.mark.parametrize("left", [b"wrong" * 100, BODY + b"more"])
def test_a_wrong_part_of_an_earlier_run_is_fetched_again(
    server: Any, tmp_path: Path, left: bytes
) -> None:
    leave_part(tmp_path, left)
    server.script = ["416"] if len(left) > len(BODY) else []

    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges == [f"bytes={len(left)}-", None]
    assert {entry.name for entry in tmp_path.iterdir()} <= {"file", "file.lock"}


def test_a_date_to_come_back_at_is_understood(server: Any, tmp_path: Path) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=3000), usegmt=True)
    server.script = ["503 Thu, 01 Jan 1970 00:00:00 GMT", f"503 {soon}"]

    _, waits = get(server, tmp_path / "file")

    assert waits[0] == 1.0
    assert 2000 < waits[1] <= 3000


@pytest.mark.parametrize("asked", ["Fri, 31 Dec 9999 23:59:59 GMT", "3601", "9" * 400])
def test_a_wait_of_more_than_an_hour_is_not_begun(server: Any, tmp_path: Path, asked: str) -> None:
    waits: list[float] = []
    server.script = [f"503 {asked}"] * 2

    with pytest.raises(
        DownloadError, match=r"answers 503 and sends Retry-After: .* over 3600 seconds"
    ):
        get(server, tmp_path / "file")
    with pytest.raises(
        DownloadError, match=r"answers 503 and sends Retry-After: .* over 3600 seconds"
    ):
        ask(server.url, wait=waits.append)

    assert waits == []
    assert len(server.ranges) == 2


@pytest.mark.parametrize(
    ("status", "asked", "waited"),
    [
        ("503", "2.5", 2.5),
        ("429", "0", 1.0),
        ("429", "-5", 1.0),
        ("503", "soon", 1.0),
        ("503", "7, 9", 1.0),
        ("503", "7s", 1.0),
        ("429", "1e3", 1.0),
        ("503", "\u0667", 1.0),
        ("503", "Sun, 99 Foo 2026 00:00:00 GMT", 1.0),
        ("429", "Thu, 01 Jan 1970 00:10:00 GMT", 600.0),
        ("503", "Thu, 01 Jan 1970 01:10:00 +0100", 600.0),
        ("503", "Thu, 01 Jan 1970 00:10:00 -0000", 600.0),
        ("503", "Thu, 01 Jan 1970 00:10:00", 600.0),
    ],
)
def test_a_wait_is_read_as_seconds_or_a_date_and_else_left_to_us(
    monkeypatch: pytest.MonkeyPatch, status: str, asked: str, waited: float
) -> None:
    """The clock stands at the begin of Unix time, in a zone that is not that of HTTP."""
    busy = SimpleNamespace(status_code=int(status), headers={"Retry-After": asked})
    done = SimpleNamespace(status_code=200, read=lambda: None)
    answers, waits = [busy, done], list[float]()
    monkeypatch.setattr(download_module, "requested", lambda *_: nullcontext(answers.pop(0)))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    try:
        time.tzset()
        ask("http://localhost/", wait=waits.append)
    finally:
        monkeypatch.undo()
        time.tzset()

    assert waits == [waited]


def test_a_requested_wait_of_an_hour_is_waited_in_full(server: Any, tmp_path: Path) -> None:
    server.script = ["503 3600"]

    _, waits = get(server, tmp_path / "file")

    assert waits == [3600.0]


def test_an_error_of_a_download_is_one_of_this_library(server: Any, tmp_path: Path) -> None:
    server.script = ["403"]

    with pytest.raises(DatasetError) as caught:
        get(server, tmp_path / "file")

    assert isinstance(caught.value, DownloadError)
    assert (caught.value.url, caught.value.tries) == (server.url, 1)


def test_the_next_page_is_named_by_the_header_link() -> None:
    class Response:
        status = 200
        headers: ClassVar[dict[str, str]] = {
            "Link": '<https://h/a?cursor=1>; rel="first", <https://h/a?cursor=2>; rel="next"'
        }

    assert Answer(Response()).following == "https://h/a?cursor=2"


def test_only_addresses_of_http_are_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(BODY)

    with pytest.raises(DownloadError, match="unknown url type"):
        download(secret.as_uri(), tmp_path / "out", sha256=HASH, size=len(BODY), tries=1)


def test_a_wait_that_ends_after_the_callers_limit_is_not_begun(server: Any, tmp_path: Path) -> None:
    server.script = ["429", "429"]

    with time_limit(5), pytest.raises(DownloadError, match="next try would be in 7 s"):
        get(server, tmp_path / "file")
    with time_limit(5), pytest.raises(DownloadError, match="next try would be in 7 s"):
        ask(server.url)

    assert len(server.ranges) == 2


def test_a_limit_leaves_the_waits_that_fit_into_it(server: Any, tmp_path: Path) -> None:
    server.script = ["429"]

    with time_limit(100_000):
        path, waits = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert waits == [7.0]


def test_a_transfer_ends_with_the_callers_limit_and_is_resumed_later(
    server: Any, tmp_path: Path
) -> None:
    server.script = ["cut"]

    with time_limit(None), pytest.raises(DownloadError, match="half"):
        download(server.url, tmp_path / "file", sha256=HASH, size=len(BODY), wait=stop_here)
    with time_limit(0), pytest.raises(DownloadError):
        get(server, tmp_path / "file")
    path, _ = get(server, tmp_path / "file")

    assert path.read_bytes() == BODY
    assert server.ranges[-1] == f"bytes={len(BODY) // 2}-"


def stop_here(seconds: float) -> None:
    raise DownloadError("url", "half", 1)


def test_an_inner_limit_does_not_outlast_the_outer_one() -> None:
    with time_limit(5), time_limit(100):
        assert seconds_left() <= 5
    assert seconds_left() == math.inf


@pytest.mark.anyio
async def test_the_deadline_of_a_scope_is_the_limit_of_a_load(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = ["429 3000"] * 2
    monkeypatch.setattr(Sources, "url", lambda self, pin: server.url)
    cache, mirror = tmp_path / "cache", tmp_path / "none"

    with (
        anyio.fail_after(1_000),
        pytest.raises(UnavailableError, match="next try would be in 3000 s"),
    ):
        await load("gsm8k", cache_dir=cache, mirror=mirror)
    with pytest.raises(UnavailableError, match="next try would be in 3000 s"):
        await load("gsm8k", cache_dir=cache, mirror=mirror, timeout_ms=1_000_000)

    assert len(server.ranges) == 2


def test_a_time_limit_below_a_millisecond_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="timeout_ms: 0 is not"):
        load_sync("gsm8k", timeout_ms=0)


@pytest.mark.parametrize("ending", [".part", ".part.etag"])
@pytest.mark.parametrize("link", ["symlink_to", "hardlink_to"])
def test_a_link_in_place_of_what_was_begun_is_not_written_through(
    server: Any, tmp_path: Path, ending: str, link: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(BODY[:1000])
    getattr(tmp_path / f"file{ending}", link)(victim)

    with pytest.raises(DownloadError, match="not a plain file of its own"):
        get(server, tmp_path / "file")

    assert victim.read_bytes() == BODY[:1000]
    assert server.ranges == []
