"""Make ``report.png``, the picture of a report in the README, from the first experiment.

    uv run --no-dev python docs/images/make_report.py

Needs ``chromium`` on the path. The experiment is simulated and takes seconds.
"""

import subprocess
import tempfile
from pathlib import Path

from research_harness import load_experiment, run_sync

HERE = Path(__file__).parent


def main() -> None:
    """Run the experiment and take the picture of its page."""
    experiment = load_experiment(HERE.parent / "examples" / "first_experiment.py")
    with tempfile.TemporaryDirectory() as folder:
        run_sync(experiment, output_dir=folder, run_id="first")
        subprocess.run(
            [
                *("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--window-size=1000,800", f"--user-data-dir={folder}/browser"),
                f"--screenshot={HERE / 'report.png'}",
                (Path(folder) / "first_report.html").as_uri(),
            ],
            check=True,
            capture_output=True,
        )


if __name__ == "__main__":
    main()
