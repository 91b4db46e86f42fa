"""Checks #include lines and the CMake link graph against include_table.toml.

    python3 tests/lint/include_check.py [repository root]

Prints one line per violation and exits with 1 if there was any.
"""

import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

TABLE = Path(__file__).with_name("include_table.toml")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
TARGET = re.compile(r"\bplait_(?:library|executable)\s*\(\s*([\w-]+)([^)]*)\)")
RAW_TARGET = re.compile(r"^\s*(add_library|add_executable|target_link_libraries)\s*\(", re.M)
CODE = {".h", ".cpp"}
PRODUCT = ("protocol", "daemon")


class Table:
    """The rows of the table, with patterns such as daemon/* replaced by what they name."""

    def __init__(self, path: Path = TABLE):
        data = tomllib.loads(path.read_text())
        self.confined = data["confined"]
        self.rows: dict[str, set[str]] = {}
        self.mistakes: list[str] = []
        for folder, patterns in data["folders"].items():
            allowed: set[str] = set()
            for pattern in patterns:
                named = {above for above in self.rows if fnmatch(above, pattern)}
                if not named:
                    self.mistakes.append(f"{path.name}: {folder} names {pattern}, no row above it")
                allowed |= named
            self.rows[folder] = allowed

    def folder_of(self, file: str) -> str | None:
        """The row a file belongs to: the longest one that is a prefix of its path."""
        owners = [row for row in self.rows if file.startswith(row + "/")]
        return max(owners, key=len, default=None)

    def third_party(self, file: str, header: str) -> str | None:
        """Why this file may not include <header>; None if it may."""
        folder = self.folder_of(file)
        for entry in self.confined:
            if any(fnmatch(header, pattern) for pattern in entry["headers"]):
                if folder in entry.get("folders", []):
                    return None
                if folder in entry.get("sources", []):
                    return None if file.endswith(".cpp") else f"<{header}> belongs in .cpp files"
                return f"<{header}> is kept to other folders"
        is_standard = "." not in header and "/" not in header
        return None if is_standard else f"<{header}> is not in the table"


def code_files(root: Path) -> list[Path]:
    return sorted(
        path
        for top in (*PRODUCT, "tests")
        for path in (root / top).rglob("*")
        if path.suffix in CODE and "node_modules" not in path.parts
    )


def includes(path: Path):
    """Yields (line number, is_quoted, name) for each include of a file."""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1] == '"', match[2]


def check_includes(root: Path, table: Table) -> list[str]:
    violations = []
    for path in code_files(root):
        file = path.relative_to(root).as_posix()
        folder = table.folder_of(file)
        if folder is None:
            violations.append(f"{file}: its folder has no row in the table")
            continue
        for number, quoted, name in includes(path):
            if not quoted:
                problem = table.third_party(file, name)
            elif not (root / name).is_file():
                problem = f'"{name}" is not a path from the repository root'
            else:
                target = table.folder_of(name)
                allowed = target == folder or target in table.rows[folder]
                problem = None if allowed else f'{folder} may not include "{name}"'
            if problem:
                violations.append(f"{file}:{number}: {problem}")
    return violations


def check_links(root: Path, table: Table) -> list[str]:
    """Compares the LINKS of each library with its row, as far as the row's folders exist."""
    violations = []
    lists = {}
    for path in sorted(p for top in PRODUCT for p in (root / top).rglob("CMakeLists.txt")):
        lists[path.parent.relative_to(root).as_posix()] = re.sub(r"#.*", "", path.read_text())
    present = {folder for folder in lists if folder in table.rows}
    for folder, text in lists.items():
        for raw in RAW_TARGET.findall(text):
            violations.append(f"{folder}/CMakeLists.txt: {raw}() hides a link from this check")
        targets = TARGET.findall(text)
        if not targets:
            continue
        if folder not in table.rows:
            violations.append(f"{folder}/CMakeLists.txt: its folder has no row in the table")
            continue
        expected = {row.rsplit("/")[-1] for row in table.rows[folder] & present}
        for name, arguments in targets:
            links = set(arguments.partition("LINKS")[2].split())
            actual = {link for link in links if "::" not in link}
            if actual == {folder.rsplit("/")[-1]} and folder == "daemon/app":
                continue  # the program, around the folder's library
            if name != folder.rsplit("/")[-1] and folder != "daemon/app":
                violations.append(f"{folder}/CMakeLists.txt: target {name} is not named after it")
            for extra in sorted(actual - expected):
                violations.append(f"{folder}/CMakeLists.txt: {name} may not link {extra}")
            for missing in sorted(expected - actual):
                violations.append(f"{folder}/CMakeLists.txt: {name} does not link {missing}")
    return violations


def check(root: Path, table: Table) -> list[str]:
    return table.mistakes + check_includes(root, table) + check_links(root, table)


def main() -> int:
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE.parents[2]
    violations = check(root, Table())
    print("\n".join(violations) or f"{len(code_files(root))} files follow the include table")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
