"""Repositories of Hugging Face: by commit, checked, from a server that is not always kind."""

import hashlib
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dataset_manager import (
    ChecksumError,
    DatasetFileError,
    FieldMapping,
    Pin,
    RevisionError,
    UnavailableError,
    UnknownOptionError,
    dataset_info,
    invalidate_cache,
    load,
    load_sync,
    make_mirror,
)
from dataset_manager._sources.download import ask, download
from dataset_manager._sources.pins import pins

REVISION = "ab" * 20
TREE = f"/api/datasets/lab/set/tree/{REVISION}?recursive=true"


def lines(count: int, begin: int = 0) -> bytes:
    rows = ({"question": f"q{n}", "answer": n} for n in range(begin, begin + count))
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


class Hub:
    """A repository on a local server."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def holds(self, files: dict[str, bytes], *, large: bool = True) -> None:
        entries = [{"type": "directory", "path": "data", "oid": "0" * 40, "size": 0}]
        for path, body in files.items():
            self.server.files[f"/datasets/lab/set/resolve/{REVISION}/{path}"] = body
            header = f"blob {len(body)}\0".encode()
            blob = hashlib.sha1(header + body, usedforsecurity=False).hexdigest()
            entry = {"type": "file", "path": path, "oid": blob, "size": len(body)}
            if large:
                digest = hashlib.sha256(body).hexdigest()
                entry |= {"oid": "1" * 40, "lfs": {"oid": digest, "size": len(body)}}
            entries.append(entry)
        self.server.files[TREE] = json.dumps(entries).encode()

    def load(self, **options: Any) -> Any:
        return load_sync("lab/set", **{"revision": REVISION, **options})


@pytest.fixture
def hub(server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HF_ENDPOINT", server.host)
    monkeypatch.setenv("CRUCIBLE_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("CRUCIBLE_MIRROR", raising=False)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    waits: list[float] = []
    monkeypatch.setattr("dataset_manager._sources.commits.ask", partial(ask, wait=waits.append))
    monkeypatch.setattr(
        "dataset_manager._sources.sources.download", partial(download, wait=waits.append)
    )
    return Hub(server)


def test_a_commit_is_loaded_once_and_then_from_the_cache(hub: Hub) -> None:
    hub.holds({"data/test-00000-of-00001.jsonl": lines(3), "README.md": b"#"})

    first = hub.load()
    asked = len(hub.server.paths)
    again = hub.load(offline=True)

    assert (first.name, first.version, first.split) == ("lab/set", REVISION, "test")
    assert (len(first), first.scorer) == (3, "number")
    assert first.metadata["files"].keys() == {"data/test-00000-of-00001.jsonl"}
    assert again == first
    assert len(hub.server.paths) == asked == 2


async def test_parquet_is_read_with_its_shards_in_order(hub: Hub, tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    files = {}
    for shard in range(2):
        table = pa.table(
            {"q": [f"q{shard}{n}" for n in range(2)], "gold": [0, 1], "o": [["a", "b"]] * 2}
        )
        parquet.write_table(table, tmp_path / "t.parquet")
        files[f"data/train-0000{shard}-of-00002.parquet"] = (tmp_path / "t.parquet").read_bytes()
    hub.holds({**files, "data/train.jsonl": lines(1)})

    data = await load(
        "lab/set",
        revision=REVISION,
        fields=FieldMapping(input="q", expected="gold", choices="o"),
    )

    assert data.ids() == ("set_0_1", "set_0_2", "set_1_1", "set_1_2")
    assert [item.question for item in data] == ["q00", "q01", "q10", "q11"]
    assert (data.split, data.scorer) == ("train", "choice")


def test_a_branch_is_refused_since_it_can_be_moved(hub: Hub) -> None:
    for revision in (None, "main", "AB" * 20, "ab" * 19):
        with pytest.raises(RevisionError, match="revision= with 40 hexadecimal digits"):
            hub.load(revision=revision)
    assert hub.server.paths == []


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"split": "train"}, 2),
        ({"split": "validation"}, 3),
        ({"split": "dev"}, 3),
        ({"files": "data/*.jsonl"}, 6),
        ({"files": ["*extra*"]}, 4),
        ({"split": "extra"}, 4),
        ({}, 1),
    ],
)
def test_a_split_is_recognized_by_the_words_of_a_path(hub: Hub, options: Any, found: int) -> None:
    hub.holds(
        {
            "data/test.jsonl": lines(1),
            "data/train.jsonl": lines(2, 10),
            "data/dev-0.jsonl": lines(3, 20),
            "data/latest.txt": b"no data",
            "dataset_infos.json": b"{}",
            "extra.jsonl": lines(4),
        }
    )

    assert len(hub.load(**options)) == found


def test_configurations_are_recognized_by_their_folders(hub: Hub) -> None:
    hub.holds({"easy/test.jsonl": lines(1), "hard/test.jsonl": lines(2)})

    assert len(hub.load(subset="hard")) == 2
    with pytest.raises(UnknownOptionError, match="without subset=; known: easy, hard"):
        hub.load()
    with pytest.raises(UnknownOptionError, match="has no subset 'odd'"):
        hub.load(subset="odd")
    with pytest.raises(UnknownOptionError, match="has no split 'train'; known: test"):
        hub.load(subset="hard", split="train")
    with pytest.raises(UnknownOptionError, match="has no files 'x'"):
        hub.load(files="x")


def test_a_server_that_is_busy_drops_and_redirects_is_borne_with(hub: Hub) -> None:
    hub.holds({"test.jsonl": lines(2_000)})
    hub.server.script = ["429 1", "503", "ok", "429", "cut", "ok"]

    assert len(hub.load()) == 2_000
    assert [each is not None for each in hub.server.ranges] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        (["404"], UnavailableError),
        (["401"], UnavailableError),
        (["429"] * 5, UnavailableError),
        (["cut"] * 5, UnavailableError),
        (["ok", "lie"], ChecksumError),
        (["ok", "404"], UnavailableError),
        (["ok", *["unsized"] * 5], UnavailableError),
    ],
)
def test_what_cannot_be_had_is_an_error_that_comes_to_an_end(
    hub: Hub, script: list[str], error: type[Exception]
) -> None:
    hub.holds({"test.jsonl": lines(50)})
    hub.server.script = script

    with pytest.raises(error):
        hub.load()


def test_small_files_are_checked_by_the_hash_of_git(hub: Hub) -> None:
    hub.holds({"test.csv": b"question,answer\na,1\n"}, large=False)

    data = hub.load()

    assert data.metadata["files"]["test.csv"].startswith("git-")
    invalidate_cache("lab/set")
    hub.server.script = ["ok", "lie"]
    with pytest.raises(ChecksumError):
        hub.load()


def test_a_long_list_of_files_is_read_page_by_page(hub: Hub) -> None:
    hub.holds({"train.jsonl": lines(1)})
    hub.server.files["/page2"] = hub.server.files[TREE]
    hub.holds({"test.jsonl": lines(2)})
    hub.server.links = {TREE: f"{hub.server.host}/page2"}

    assert len(hub.load(split="train")) == 1
    assert len(hub.load(split="test")) == 2


@pytest.mark.parametrize(
    "entry", [{"path": "../x.jsonl"}, {"path": "/x.jsonl"}, {"path": "x.jsonl", "oid": None}]
)
def test_a_malformed_list_is_refused(hub: Hub, entry: dict[str, Any]) -> None:
    body = {"type": "file", "size": 1, "oid": "0" * 40, **entry}
    body = {name: value for name, value in body.items() if value is not None}
    hub.server.files[TREE] = json.dumps([body]).encode()

    with pytest.raises(UnavailableError):
        hub.load()


def test_the_key_goes_to_the_hub_and_nowhere_else(
    hub: Hub, other_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other server has another port, which makes it another origin."""
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.holds({"test.jsonl": lines(5)})
    other_server.body = lines(5)
    hub.server.script = ["ok", f"302 {other_server.host}/cdn"]

    assert len(hub.load()) == 5
    assert hub.server.keys == ["Bearer hf_secret"] * 2
    assert other_server.keys == [None]
    hub.server.links = {TREE: f"{other_server.host}/page2"}
    invalidate_cache("lab/set")
    with pytest.raises(UnavailableError, match="continues on another server") as caught:
        hub.load()
    assert "hf_secret" not in str(caught.value)
    assert len(other_server.keys) == 1


def test_a_malformed_record_is_named_by_its_file_in_the_repository(hub: Hub) -> None:
    hub.holds({"data/test.jsonl": b'{"question": "a"}\n'})

    with pytest.raises(DatasetFileError, match=r"^data/test\.jsonl, line 1: the answer is missing"):
        hub.load()


def test_a_repository_can_be_taken_to_a_machine_without_a_network(hub: Hub, tmp_path: Path) -> None:
    hub.holds({"test.jsonl": lines(3)})
    make_mirror(tmp_path / "m", "lab/set", revision=REVISION)

    data = hub.load(cache_dir=tmp_path / "empty", mirror=tmp_path / "m", offline=True)

    assert len(data) == 3
    with pytest.raises(UnavailableError, match="offline mode"):
        hub.load(cache_dir=tmp_path / "empty", offline=True)


def test_mmlu_pro_is_read_from_its_parquet(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With rows in the published form: the real file is pinned, and is not here."""
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    row = {
        "question_id": 70,
        "question": "Which?",
        "options": ["a", "b", "N/A", "c"],
        "answer": "D",
        "answer_index": 3,
        "cot_content": "A: Let's think step by step. The answer is (D).",
        "category": "history",
        "src": "s",
    }
    other = {**row, "question_id": 71, "category": "math", "answer": "A", "answer_index": 0}
    parquet.write_table(pa.Table.from_pylist([row, other]), tmp_path / "t.parquet")
    body = (tmp_path / "t.parquet").read_bytes()
    name = "mmlu-pro/test-00000-of-00001.parquet"
    known = pins()[name]
    path = f"/datasets/{known.repository}/resolve/{known.commit}/{known.path}"
    hub.server.files[path] = body
    digest = hashlib.sha256(body).hexdigest()
    fake = Pin(
        name=name, repository=known.repository, commit=known.commit, path=known.path,
        sha256=digest, bytes=len(body), host="huggingface",
    )  # fmt: skip
    monkeypatch.setitem(pins(), name, fake)

    with pytest.raises(DatasetFileError, match="has 2 rows, not 12032"):
        load_sync("mmlu_pro")
    monkeypatch.setitem(dataset_info("mmlu_pro").splits, "test", 2)
    data = load_sync("mmlu_pro", subset="history")

    assert data.ids() == ("mmlu_pro_70",)
    assert data[0].choices == ("a", "b", "c")
    assert (data[0].expected, data[0].metadata["reasoning"][:5]) == (2, "Let's")
