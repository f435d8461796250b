"""Further readers of files: archives, stores, databases, packed files and finished reports."""

import bz2
import gzip
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import zstandard
from readers import CSV, EVENTS, EXACT, INSPECT, Reader, as_json, as_text, eval_log
from server_readers import reads

import causal_trace
import dataset_manager
import ensemble
import reporter
from dataset_manager._scoring.scorers import function_of

FOLDER = Path(tempfile.mkdtemp())
CHAIN = causal_trace.parse(EVENTS, "c", metadata={"model": "m"}, id="c")

RESTORED = causal_trace.JsonStore(FOLDER / "restored")


def _chain_archive() -> bytes:
    store = causal_trace.JsonStore(FOLDER / "chains")
    store.save(CHAIN)
    causal_trace.archive_chains(store, FOLDER / "chains.zip", min_age_days=-1)
    return (FOLDER / "chains.zip").read_bytes()


def _trace_log() -> bytes:
    log = causal_trace.TraceLog(FOLDER / "log.jsonl")
    log.save(CHAIN)
    return log.path.read_bytes()


def _read_log(path: Path) -> object:
    log = causal_trace.TraceLog(path)
    return log.list(), list(log.chains())


def _index() -> bytes:
    with causal_trace.SearchIndex(FOLDER / "index.db") as index:
        index.rebuild([CHAIN])
    return (FOLDER / "index.db").read_bytes()


def _search(path: Path) -> None:
    Path(f"{path}-journal").unlink(missing_ok=True)
    with causal_trace.SearchIndex(path) as index:
        index.search("heap")
        index.rebuild([CHAIN])


def _texts(path: Path) -> None:
    text = as_text(path)
    causal_trace.extract_metadata(text)
    causal_trace.validate_events(text)
    causal_trace.parse_llm_output(text, "c")


def _show_chain(value: Any) -> None:
    chain = causal_trace.chain_from_dict(value)
    for show in (str, causal_trace.to_markdown, causal_trace.to_csv, causal_trace.visualize):
        show(chain)
    for export in (causal_trace.to_atif, causal_trace.to_otel, causal_trace.to_prov):
        export(chain)
    causal_trace.to_graphviz(chain)
    causal_trace.to_mermaid(chain)
    causal_trace.relation_problems(chain)


def _zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", content)
    return packed.getvalue()


def _result(which: str) -> tuple[str, bytes]:
    """The name and the content of a file of a stored result."""
    items = [dataset_manager.Item(id=each, input="q", expected="4") for each in ("a", "b")]
    data = dataset_manager.Dataset(items, name="d", version="1", scorer="exact_match")
    result = dataset_manager.evaluate(["4", "5"], dataset=data, model_name="m")
    dataset_manager.ResultStore(FOLDER / "results").save(result, id="r")
    return which, (FOLDER / "results" / which).read_bytes()


def _stored(path: Path) -> object:
    store = dataset_manager.ResultStore(path.parent)
    if path.name == "r.json":
        loaded = store.load("r")
        return str(loaded), loaded.to_dict(), dataset_manager.failure_modes(loaded)
    return [str(each) for each in store.query()]


def _every_eval_ever(ending: str) -> tuple[str, bytes]:
    source = FOLDER / "inspect.json"
    source.write_bytes(as_json(INSPECT))
    log = dataset_manager.read_log(source)
    log.to_every_eval_ever(FOLDER / "eee", organization="o")
    (found,) = (FOLDER / "eee").rglob(f"*{ending}")
    return found.name, found.read_bytes()


def _scorers(path: Path) -> None:
    text, choices = as_text(path), {"choices": ["a", "b", "c", "d"], "subset": "boolean"}
    for scorer in SCORERS:
        chosen = any(each in scorer for each in ("choice", "mmlu", "arc", "truthful", "gpqa"))
        item = dataset_manager.Item(
            id="1", input="q", expected=0 if chosen else "12", metadata=choices
        )
        dataset_manager.score(text, item, scorer=scorer)
    dataset_manager.extract_boolean(text)


# The others need tests or instructions, ask another process, or are of other tests.
SCORERS = [
    each
    for each in dataset_manager.scorer_names()
    if each not in ("ifeval", "ifeval_loose", "tests", "math", "official_bbh")
    and function_of(each).__module__.startswith("dataset_manager.")
]


def _cache(export: bool) -> bytes:
    path = FOLDER / "cache.db"
    with ensemble.ResponseCache(path) as cache:
        model = cache.wrap(ensemble.FunctionModel("m", lambda _: "4"))
        ensemble.ask_sync("2+2?", model=model)
        cache.export_jsonl(FOLDER / "cache.jsonl")
    return (FOLDER / "cache.jsonl" if export else path).read_bytes()


def _import(path: Path) -> object:
    with ensemble.ResponseCache(":memory:") as cache:
        return cache.import_jsonl(path)


def _without_journals(path: Path) -> None:
    for ending in ("-wal", "-shm", "-journal"):
        Path(f"{path}{ending}").unlink(missing_ok=True)


def _ask_cache(path: Path) -> None:
    _without_journals(path)
    with ensemble.ResponseCache(path) as cache:
        cache.export_jsonl(path.with_suffix(".jsonl"))


def _jobs() -> bytes:
    ensemble.BatchJobs(FOLDER / "jobs.db").close()
    return (FOLDER / "jobs.db").read_bytes()


def _open_jobs(path: Path) -> None:
    _without_journals(path)
    with ensemble.BatchJobs(path) as jobs:
        str(jobs.jobs)


def _report(form: str) -> bytes:
    report = reporter.Report(
        title="t", sections=[reporter.Section("s", [reporter.Paragraph("p = .03 \\ & 95%")])]
    )
    return reporter.render(report, form).encode()


def _summary_and_whole() -> list[Reader]:
    return [
        Reader(name=f"dataset_manager {name}", file=name, example=content, read=_stored)
        for name, content in (_result("r.json"), _result("r.summary.json"))
    ]


def _published() -> list[Reader]:
    def read(path: Path) -> object:
        aggregate, instances = _every_eval_ever(".json"), _every_eval_ever(".jsonl")
        for name, content in (aggregate, instances):
            if path.name != name:
                path.with_name(name).write_bytes(content)
        return dataset_manager.read_log(path.with_name(aggregate[0]))

    return [
        Reader(name=f"dataset_manager published {ending}", file=name, example=content, read=read)
        for ending in ("json", "jsonl")
        for name, content in (_every_eval_ever(f".{ending}"),)
    ]


_import_chains = causal_trace.import_chains
_load = dataset_manager.load_sync
FILE_READERS = (
    Reader(name="causal_trace archive", file="a.zip", example=_chain_archive(),
           read=lambda path: causal_trace.restore_chains(path, RESTORED)),
    Reader(name="causal_trace archived", file="a.zip", example=_chain_archive(),
           read=causal_trace.read_archive),
    Reader(name="causal_trace eval", file="a.eval", example=eval_log(), read=_import_chains),
    Reader(name="causal_trace spans", file="a.json",
           example=as_json(causal_trace.to_otel(CHAIN)), read=_import_chains),
    Reader(name="causal_trace prov", file="a.json",
           example=as_json(causal_trace.to_prov(CHAIN)), read=_import_chains),
    Reader(name="causal_trace store", file="c.json", example=CHAIN.to_json().encode(),
           read=lambda path: causal_trace.load_chain("c", path.parent)),
    Reader(name="causal_trace shown", file="c.json", example=CHAIN.to_json().encode(),
           read=reads("causal_trace", _show_chain)),
    Reader(name="causal_trace log", file="a.jsonl", example=_trace_log(), read=_read_log),
    Reader(name="causal_trace index", file="a.db", example=_index(), read=_search),
    Reader(name="causal_trace metadata", file="a.txt", example=EVENTS.encode(), read=_texts),
    Reader(name="dataset_manager gz", file="a.csv.gz", example=gzip.compress(CSV), read=_load),
    Reader(name="dataset_manager bz2", file="a.jsonl.bz2", example=bz2.compress(EXACT),
           read=_load),
    Reader(name="dataset_manager zip", file="a.jsonl.zip", example=_zip(EXACT), read=_load),
    Reader(name="dataset_manager zst", file="a.jsonl.zst", example=zstandard.compress(EXACT),
           read=_load),
    Reader(name="dataset_manager tsv", file="a.tsv", example=CSV.replace(b",", b"\t"),
           read=_load),
    Reader(name="dataset_manager scorers", file="a.txt",
           example=b"So 3 x 4 = 12. The answer is (A) \\boxed{12}. true", read=_scorers),
    *_summary_and_whole(),
    *_published(),
    Reader(name="ensemble cache", file="a.db", example=_cache(export=False), read=_ask_cache),
    Reader(name="ensemble export", file="a.jsonl", example=_cache(export=True), read=_import),
    Reader(name="ensemble jobs", file="a.db", example=_jobs(), read=_open_jobs),
    *(
        Reader(name=f"reporter {form}", file=f"a{ending}", example=_report(form),
               read=reporter.check_file)
        for form, ending in (("latex", ".tex"), ("jupyter", ".ipynb"), ("typst", ".typ"))
    ),
)  # fmt: skip
