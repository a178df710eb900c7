"""The command line answers at once: help in a fresh process loads none of the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    *("pyarrow", "duckdb", "deltalake", "numba", "numpy", "pandas", "scipy", "pyspark", "sqlglot", "xlsxwriter"),
    *("sklearn", "onnxruntime", "onnx", "tokenizers", "py3langid", "phonenumbers"),
)
PROBE = """
import sys
sys.argv = ["maitred", *sys.argv[1:]]
from maitred.__main__ import main
try:
    main()
except SystemExit as ended:
    loaded = sorted({name.partition(".")[0] for name in sys.modules})
    print("LOADED", ended.code, *loaded)
"""


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], ["import", "--help"], ["metrics", "show", "--help"], ["text", "eval", "--help"]],
)
def test_help_in_a_fresh_process_loads_no_heavy_library(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE, *words], capture_output=True, text=True, check=True)
    _, code, *loaded = next(line for line in done.stdout.splitlines() if line.startswith("LOADED ")).split()
    assert code == "0"
    assert set(HEAVY) & set(loaded) == set()


def test_the_program_and_the_module_are_the_same() -> None:
    done = subprocess.run([sys.executable, "-m", "maitred", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("maitred ")
