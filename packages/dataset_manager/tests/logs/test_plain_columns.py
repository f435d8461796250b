"""Columns of plain files: each has one role, or the file is refused."""

from pathlib import Path

import pytest

from dataset_manager import DatasetFileError, load_sync, read_log


def log_of(folder: Path, content: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(content)
    return path


@pytest.mark.parametrize(
    "heading",
    ["correct_answer", "ideal", "reference_answer", "expected_output", "true_label", "y_true"],
)
def test_the_right_answer_has_many_names(tmp_path: Path, heading: str) -> None:
    log = read_log(log_of(tmp_path, f"question,{heading},prediction\nq,4,5\n"))

    assert (log.rows[0].expected, log.rows[0].prediction) == ("4", "5")


@pytest.mark.parametrize("heading", ["y_pred", "pred_label", "actual_output", "hypothesis"])
def test_a_column_that_may_be_the_prediction_is_named_in_the_error(
    tmp_path: Path, heading: str
) -> None:
    with pytest.raises(DatasetFileError, match=f"'{heading}' may be it"):
        read_log(log_of(tmp_path, f"question,target,{heading}\nq,4,5\n"))


@pytest.mark.parametrize("heading", ["correct", "is_correct", "exact_match"])
def test_the_right_answer_is_not_taken_for_the_score(tmp_path: Path, heading: str) -> None:
    path = log_of(tmp_path, f"question,{heading},prediction\nq,4,4\n")

    with pytest.raises(DatasetFileError, match=r"line 2: has .4. in .*neither yes nor no"):
        read_log(path)
    assert read_log(path, fields={"expected": heading}).rows[0].expected == "4"


def test_a_score_that_is_no_number_is_remarked(tmp_path: Path) -> None:
    content = "question,expected,prediction,score\nq,4,4,100%\nr,4,4,\ns,4,4,NaN\nt,4,4,1\n"

    log = read_log(log_of(tmp_path, content))

    assert [row.score for row in log] == [None, None, None, 1.0]
    assert log.remarks == ("1 answers have a score that is no number",)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", "question,expected,prediction\n"), ("a.jsonl", ""), ("b.jsonl", "\n\n")],
    ids=["headings", "empty", "blank lines"],
)
def test_a_log_without_an_answer_is_refused(tmp_path: Path, name: str, content: str) -> None:
    with pytest.raises(DatasetFileError, match="has no answers"):
        read_log(log_of(tmp_path, content, name))


@pytest.mark.parametrize("form", ["file", "stream"])
def test_arrow_is_read_as_parquet_is(tmp_path: Path, form: str) -> None:
    arrow, ipc = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.ipc")
    table = arrow.table({"question": ["q"], "expected": ["4"], "prediction": ["5"]})
    path = tmp_path / "a.arrow"
    new = ipc.new_file if form == "file" else ipc.new_stream
    with new(str(path), table.schema) as writer:
        writer.write_table(table)

    assert read_log(path).rows[0].prediction == "5"
    assert load_sync(path)[0].expected == "4"
    path.write_bytes(path.read_bytes()[: -len(path.read_bytes()) // 2])
    with pytest.raises(DatasetFileError, match="is not Arrow"):
        read_log(path)
