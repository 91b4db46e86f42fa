"""Runs clang-tidy over the sources of a build, leaving out those that have not changed.

    python3 tests/lint/tidy.py [--deep] BUILD_DIR [file...]

With --deep, clang's analyzer follows every path through the files instead, and the checks run that
.clang-tidy leaves out for the time they take. That is several times as long as all others together.

A file is checked again when its text, a project header it reaches, its compile command, the
configuration or clang-tidy itself differs from the last run that passed; BUILD_DIR/tidy remembers.
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from include_check import includes

ROOT = Path(__file__).resolve().parents[2]
TOOL = "clang-tidy"
DEEP_CHECKS = [
    "clang-analyzer-*",
    "bugprone-assert-side-effect",
    "bugprone-multiple-statement-macro",
    "bugprone-reserved-identifier",
    "bugprone-stringview-nullptr",
    "bugprone-suspicious-string-compare",
    "bugprone-undelegated-constructor",
    "performance-type-promotion-in-math-fn",
]


def reaches(path: Path) -> frozenset[Path]:
    """The file and the project headers it includes, directly or not."""
    found = {path}
    open_files = [path]
    while open_files:
        for _, quoted, name in includes(open_files.pop()):
            header = ROOT / name
            if quoted and header.is_file() and header not in found:
                found.add(header)
                open_files.append(header)
    return frozenset(found)


@cache
def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def configurations(file: Path) -> list[Path]:
    """What clang-tidy reads for a file: its folders' settings, the nearest first."""
    folders = [folder for folder in file.parents if folder.is_relative_to(ROOT)]
    return [path for folder in folders if (path := folder / ".clang-tidy").is_file()]


def fingerprint(entry: dict, tool: str, options: list[str]) -> str:
    parts = [tool, *options, entry["command"]]
    parts += [digest(path) for path in configurations(Path(entry["file"]))]
    parts += [f"{path} {digest(path)}" for path in sorted(reaches(Path(entry["file"])))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def tidy(build: Path, file: str, options: list[str]) -> tuple[bool, str]:
    command = [TOOL, "--quiet", *options, "-p", str(build), file]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    # Standard error counts suppressed warnings; it matters only when clang-tidy itself failed.
    return run.returncode == 0, run.stdout or run.stderr


def main() -> int:
    arguments = sys.argv[1:]
    options = [f"--checks=-*,{','.join(DEEP_CHECKS)}"] if "--deep" in arguments else []
    build, *chosen = (Path(name).resolve() for name in arguments if name != "--deep")
    stamps = build / "tidy"
    stamps.mkdir(exist_ok=True)
    tool = subprocess.run([TOOL, "--version"], capture_output=True, text=True, check=True).stdout

    pending = {}
    total = 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = Path(entry["file"])
        if build in file.parents or (chosen and file not in chosen):
            continue
        total += 1
        stamp = stamps / fingerprint(entry, tool, options)
        if not stamp.exists():
            pending[entry["file"]] = stamp
    print(f"clang-tidy: {len(pending)} of {total} files to check", flush=True)

    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda file: (file, *tidy(build, file, options)), pending)
        for file, passed, output in results:
            if passed:
                pending[file].touch()
            else:
                failed += 1
                print(output, flush=True)
    print(f"clang-tidy: {total - failed} files clean, {failed} not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
