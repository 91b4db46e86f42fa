"""Shows that include_check.py accepts a clean tree and names each kind of violation."""

import sys
import tempfile
import unittest
from pathlib import Path

import include_check


class IncludeCheckTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.write("protocol/base/CMakeLists.txt", "plait_library(base SOURCES bytes.cpp)")
        self.write("protocol/base/bytes.h", "#pragma once\n#include <vector>\n")
        self.write("daemon/crdt/CMakeLists.txt", "plait_library(crdt\n  SOURCES a.cpp LINKS base)")
        self.write("daemon/crdt/a.h", '#include "protocol/base/bytes.h"\n')

    def write(self, file: str, text: str):
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def violations(self) -> list[str]:
        return include_check.check(self.root, include_check.Table())

    def assert_only_violation(self, *words: str):
        found = self.violations()
        self.assertEqual(len(found), 1, found)
        for word in words:
            self.assertIn(word, found[0])

    def test_a_clean_tree_passes(self):
        self.write("tests/unit/crdt/a_test.cpp", "#include <boost/test/unit_test.hpp>\n")
        self.assertEqual(self.violations(), [])

    def test_an_include_that_points_upwards_fails(self):
        self.write("protocol/base/bytes.h", '// first\n#include "daemon/crdt/a.h"\n')
        self.assert_only_violation("protocol/base/bytes.h:2", "daemon/crdt/a.h")

    def test_a_path_that_is_not_from_the_root_fails(self):
        self.write("daemon/crdt/b.cpp", '#include "a.h"\n')
        self.assert_only_violation("daemon/crdt/b.cpp:1", "repository root")

    def test_a_confined_header_elsewhere_fails(self):
        self.write("daemon/crdt/b.cpp", "#include <rapidjson/document.h>\n")
        self.assert_only_violation("rapidjson/document.h", "other folders")

    def test_a_library_confined_to_sources_fails_in_a_header(self):
        self.write("protocol/messages/m.cpp", "#include <rapidjson/writer.h>\n")
        self.assertEqual(self.violations(), [])
        self.write("protocol/messages/m.h", "#include <rapidjson/writer.h>\n")
        self.assert_only_violation("protocol/messages/m.h:1", ".cpp files")

    def test_a_confined_standard_header_fails(self):
        self.write("daemon/crdt/b.cpp", "#include <thread>\n")
        self.assert_only_violation("<thread>")

    def test_a_header_nobody_listed_fails(self):
        self.write("tests/unit/x_test.cpp", "#include <sys/utsname.h>\n")
        self.assert_only_violation("sys/utsname.h", "not in the table")

    def test_a_folder_without_a_row_fails(self):
        self.write("daemon/misc/a.h", "#pragma once\n")
        self.assert_only_violation("daemon/misc/a.h", "no row")

    def test_a_missing_link_fails(self):
        self.write("daemon/crdt/CMakeLists.txt", "plait_library(crdt SOURCES a.cpp)  # LINKS base")
        self.assert_only_violation("crdt does not link base")

    def test_a_link_beyond_the_row_fails(self):
        self.write("protocol/base/CMakeLists.txt", "plait_library(base SOURCES a.cpp LINKS crdt)")
        self.assert_only_violation("base may not link crdt")

    def test_the_app_is_a_library_and_a_program_around_it(self):
        self.write(
            "daemon/app/CMakeLists.txt",
            "plait_library(app SOURCES a.cpp LINKS base crdt)\n"
            "plait_executable(plait SOURCES main.cpp LINKS app)",
        )
        self.assertEqual(self.violations(), [])

    def test_a_library_of_the_app_that_leaves_out_a_link_fails(self):
        self.write("daemon/app/CMakeLists.txt", "plait_library(app SOURCES a.cpp LINKS base)")
        self.assert_only_violation("app does not link crdt")

    def test_a_program_that_goes_around_the_apps_library_fails(self):
        self.write(
            "daemon/app/CMakeLists.txt",
            "plait_library(app SOURCES a.cpp LINKS base crdt)\n"
            "plait_executable(plait SOURCES main.cpp LINKS app crdt)",
        )
        self.assertTrue(any("plait may not link app" in line for line in self.violations()))

    def test_a_third_party_link_is_left_to_the_headers(self):
        self.write("protocol/base/CMakeLists.txt", "plait_library(base SOURCES a.cpp LINKS X::x)")
        self.assertEqual(self.violations(), [])

    def test_a_target_with_another_name_fails(self):
        self.write("protocol/base/CMakeLists.txt", "plait_library(basics SOURCES a.cpp)")
        self.assert_only_violation("basics is not named after it")

    def test_a_target_made_behind_the_checkers_back_fails(self):
        self.write("daemon/CMakeLists.txt", "target_link_libraries(plait_base PUBLIC plait_crdt)")
        self.assert_only_violation("daemon/CMakeLists.txt", "hides a link")

    def test_a_table_row_that_names_a_later_row_is_a_mistake(self):
        table = self.root / "table.toml"
        table.write_text('confined = []\n[folders]\n"a/low" = ["a/high"]\n"a/high" = []\n')
        self.assertEqual(len(include_check.Table(table).mistakes), 1)


if __name__ == "__main__":
    result = unittest.main(exit=False).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
