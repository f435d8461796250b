"""The golden cases and their comparer."""

import importlib.util
import json
import math
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

HERE = Path(__file__).parent
WORDS = {"Inf": math.inf, "-Inf": -math.inf, "NaN": math.nan, "NA": None}
Check = Callable[[dict[str, Any], dict[str, Any]], tuple[int, list[str], list[str]]]


def decode(value: Any) -> Any:
    """The words of the golden file as the numbers they stand for."""
    if isinstance(value, str):
        return WORDS.get(value, value)
    if isinstance(value, list):
        return [decode(each) for each in value]
    if isinstance(value, dict):
        return {key: decode(each) for key, each in value.items()}
    return value


@pytest.fixture(scope="session")
def adapter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden_adapter", HERE / "golden_adapter.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def cases() -> list[dict[str, Any]]:
    text = (HERE / "golden_public.json").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = decode(json.loads(text)["cases"])
    return found


@pytest.fixture(scope="session")
def check() -> Check:
    return check_case


def check_case(case: dict[str, Any], got: dict[str, Any]) -> tuple[int, list[str], list[str]]:
    """How many numbers agree, which do not, and which were not offered."""
    passed, bad, missing = 0, [], []
    tolerances = case.get("rtol_keys") or {}

    def walk(path: str, expected: Any, offered: Any, key: str) -> None:
        nonlocal passed
        if isinstance(expected, dict):
            for name, value in expected.items():
                if not isinstance(offered, dict) or name not in offered:
                    missing.append(f"{path}.{name}")
                else:
                    walk(f"{path}.{name}", value, offered[name], name)
        elif isinstance(expected, list):
            if offered is None or len(offered) != len(expected):
                bad.append(f"{path}: {offered}")
                return
            for index, value in enumerate(expected):
                walk(f"{path}.{index}", value, offered[index], key)
        elif close(offered, expected, tolerances.get(key, case["rtol"]), case["atol"]):
            passed += 1
        else:
            bad.append(f"{path}: got {offered}, expected {expected}")

    walk(case["id"], case["expected"], got, "")
    return passed, bad, missing


def close(got: Any, expected: Any, rtol: float, atol: float) -> bool:
    if expected is None:
        return got is None or (isinstance(got, float) and math.isnan(got))
    if isinstance(expected, bool | str):
        return bool(got == expected)
    if not isinstance(got, int | float):
        return False
    if not math.isfinite(expected):
        return str(float(got)) == str(float(expected))
    return math.isclose(got, expected, rel_tol=0.0, abs_tol=atol + rtol * abs(expected))
