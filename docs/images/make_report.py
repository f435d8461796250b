"""Make ``report.png`` and ``dashboard.png``, the pictures of the README, from the first experiment.

    uv run --no-dev python docs/images/make_report.py

Needs ``chromium`` on the path. The experiment is simulated and takes seconds.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from research_harness import load_experiment, run_sync

HERE = Path(__file__).parent


def main() -> None:
    """Run the experiment and take the pictures of its report and of its live view."""
    experiment = load_experiment(HERE.parent / "examples" / "first_experiment.py")
    with tempfile.TemporaryDirectory() as folder:
        run_sync(experiment, output_dir=folder, run_id="first")
        frozen = Path(folder) / "view.html"
        freeze = ["-m", "research_harness", "dashboard", folder, "--freeze", str(frozen)]
        subprocess.run([sys.executable, *freeze], check=True)
        take("report.png", (Path(folder) / "first_report.html").as_uri(), folder)
        take("dashboard.png", f"{frozen.as_uri()}#/run/first", folder, width=1120)


def take(name: str, address: str, folder: str, *, width: int = 1000) -> None:
    """Take the picture of a page."""
    subprocess.run(
        [
            *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--window-size={width},800", "--virtual-time-budget=4000"),
            f"--user-data-dir={folder}/browser",
            f"--screenshot={HERE / name}",
            address,
        ],
        check=True,
        capture_output=True,
    )


if __name__ == "__main__":
    main()
