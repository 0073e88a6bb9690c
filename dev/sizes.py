"""Print the sizes of files and functions, and fail when a file or a function outgrows the house.

Aims: files of 100-200 lines, functions around 8. Limits: a file 300 lines, a function 60.
"""

import ast
import subprocess
import sys
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parent.parent
FILE_LIMIT, FUNCTION_LIMIT = 300, 60


def sources() -> list[Path]:
    """The hand-written Python files of the package."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True)
    skipped = ("tests/", "dev/", "docs/", "examples/", "benchmarks/")
    return [ROOT / f for f in listed.stdout.split() if not f.startswith(skipped) and "_pb2" not in f]


def functions(path: Path) -> list[tuple[int, str]]:
    """(lines, name) of every function in a file."""
    tree = ast.parse(path.read_text())
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        ((node.end_lineno or 0) - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.name}")
        for node in ast.walk(tree)
        if isinstance(node, kinds)
    ]


def row(what: str, sizes: list[int]) -> str:
    """One line of the table."""
    return f"{what:10} {len(sizes):6} {median(sizes):8.0f} {quantiles(sizes, n=10)[-1]:6.0f} {max(sizes):6}"


def main() -> int:
    """Print the table; 1 when something is over its limit."""
    files = [(len(path.read_text().splitlines()), str(path.relative_to(ROOT))) for path in sources()]
    bodies = [size for path in sources() for size in functions(path)]
    print(f"{'':10} {'count':>6} {'median':>8} {'p90':>6} {'max':>6}")
    print(row("files", [n for n, _ in files if n > 3]))
    print(row("functions", [n for n, _ in bodies]))
    over = [(n, what) for n, what in files if n > FILE_LIMIT] + [(n, what) for n, what in bodies if n > FUNCTION_LIMIT]
    for n, what in sorted(over, reverse=True):
        print(f"too long: {n:5} lines  {what}")
    return bool(over)


if __name__ == "__main__":
    sys.exit(main())
