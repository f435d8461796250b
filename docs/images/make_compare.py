"""Draw docs/images/compare.svg: the scores of a comparison with their intervals.

Run: python docs/images/make_compare.py LOG LOG ...
"""

import sys
from pathlib import Path

import reporter
from research_harness import compare

TARGET = Path(__file__).with_name("compare.svg")


def main() -> None:
    found = compare(sys.argv[1:])
    figure = reporter.IntervalFigure(
        points=[
            reporter.Point(label=each.system, value=each.score, low=each.low, high=each.high)
            for each in found.scores
        ],
        caption=f"Scores on {', '.join(found.tasks)}",
        axis=f"score with its {found.level:.0%} interval",
    )
    TARGET.write_text(reporter.draw(figure), encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
