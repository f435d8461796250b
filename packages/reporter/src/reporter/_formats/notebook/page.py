"""A document as a Jupyter notebook, with its data beside it."""

import json
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ..._core.errors import MissingExtraError
from ..._core.text import printable
from ..._model.document import Document
from ..data.csv_files import data_files
from .cells import notebook_cells


class NotebookRenderer:
    """The Jupyter format: a notebook, the report as JSON, and the data as CSV."""

    def files(self, report: Document, stem: str) -> Mapping[str, str | bytes]:
        """Return the notebook and the files that it loads.

        Raises:
            MissingExtraError: nbformat is not installed.
        """
        try:  # slow to import, and only a notebook needs it; it has no types
            nbformat: Any = import_module("nbformat")
        except ImportError as error:
            raise MissingExtraError("jupyter", "nbformat") from error
        v4 = nbformat.v4
        cells = []
        for number, (kind, source) in enumerate(notebook_cells(report, stem), start=1):
            make = v4.new_markdown_cell if kind == "markdown" else v4.new_code_cell
            cells.append(make(printable(source), id=f"cell-{number}"))
        notebook = v4.new_notebook(cells=cells, metadata=_METADATA)
        nbformat.validate(notebook)
        return {
            f"{stem}.ipynb": nbformat.writes(notebook) + "\n",
            f"{stem}_report.json": json.dumps(report.to_dict(), indent=1, allow_nan=False) + "\n",
            **data_files(report, stem),
        }


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
