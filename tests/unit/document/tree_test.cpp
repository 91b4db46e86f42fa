#include "daemon/document/tree.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/document.h"
#include "protocol/base/relative_path.h"
#include "tests/support/gardener.h"
#include "tests/support/seeded_random.h"

namespace plait::document {
namespace {

using crdt::Document;
using crdt::TypeKind;
using support::any_flag;
using support::any_text;
using support::Gardener;
using support::SeededRandom;

const std::string kBlob(64, 'a');

/// `id=shown path` of all files, in their order.
std::string shown(const Gardener& gardener) {
  std::string all;
  const Tree tree = Tree::read(gardener.document());
  for (const TreeEntry& entry : tree.entries()) {
    if (!all.empty()) all += ", ";
    all += entry.id + "=" + entry.shown_path;
  }
  return all;
}

/// What a tree shows that somebody has planted at one go.
std::string shown(const std::vector<std::pair<std::string, std::string>>& texts) {
  Gardener ann(1);
  for (const auto& [id, path] : texts) ann.plants_text(id, path);
  return shown(ann);
}

/// Whether a text at this path is a file.
bool is_taken(std::string_view path) { return !shown({{"f", std::string(path)}}).empty(); }

/// Whether an entry with these fields is a file.
bool is_taken(const Gardener::Fields& fields) {
  Gardener ann(1);
  ann.plants("f", fields);
  return !shown(ann).empty();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tree)

BOOST_AUTO_TEST_CASE(a_tree_that_nobody_has_written_is_empty) {
  BOOST_TEST(Tree::read(Document(Document::Options{})).entries().empty());
}

BOOST_AUTO_TEST_CASE(an_entry_says_what_a_file_is) {
  Gardener ann(1);
  ann.plants("f-7", {{"path", any_text("bin/run.sh")},
                     {"kind", any_text("text")},
                     {"eol", any_text("crlf")},
                     {"executable", any_flag(true)}});
  ann.plants("f-8", {{"path", any_text("logo.png")},
                     {"kind", any_text("binary")},
                     {"blob", any_text(kBlob)}});
  ann.plants_folder("f-9", "empty");
  const Tree tree = Tree::read(ann.document());
  const std::vector<TreeEntry> expected = {
      {"f-7", "bin/run.sh", "bin/run.sh", FileKind::Text, LineEnding::Crlf, true, ""},
      {"f-8", "logo.png", "logo.png", FileKind::Binary, LineEnding::Lf, false, kBlob},
      {"f-9", "empty", "empty", FileKind::Folder, LineEnding::Lf, false, ""},
  };
  BOOST_TEST((tree.entries() == expected));
  BOOST_TEST(tree.find("f-8") == &tree.entries()[1]);
  BOOST_TEST(tree.at("bin/run.sh") == &tree.entries()[0]);
  BOOST_TEST(tree.find("f") == nullptr);
  BOOST_TEST(tree.at("bin") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_renamed_file_keeps_its_id_and_a_deleted_one_is_gone) {
  Gardener ann(1);
  ann.plants_text("a", "old.txt");
  ann.plants_text("b", "other.txt");
  ann.renames("a", "new.txt");
  BOOST_TEST(shown(ann) == "a=new.txt, b=other.txt");
  ann.deletes("a");
  BOOST_TEST(shown(ann) == "b=other.txt");
}

BOOST_AUTO_TEST_CASE(what_is_no_entry_is_passed_over) {
  const auto path = any_text("a.txt");
  const auto kind = any_text("text");
  BOOST_TEST(is_taken({{"path", path}, {"kind", kind}, {"later", any_flag(true)}}));
  BOOST_TEST(!is_taken({{"path", path}}));
  BOOST_TEST(!is_taken({{"kind", kind}}));
  BOOST_TEST(!is_taken({{"path", any_flag(true)}, {"kind", kind}}));
  BOOST_TEST(!is_taken({{"path", path}, {"kind", any_text("device")}}));
  const auto binary = any_text("binary");
  BOOST_TEST(!is_taken({{"path", path}, {"kind", binary}}));
  BOOST_TEST(
      !is_taken({{"path", path}, {"kind", binary}, {"blob", any_text(kBlob.substr(1))}}));
  BOOST_TEST(!is_taken({{"path", path}, {"kind", binary}, {"blob", any_text(kBlob + "a")}}));
  BOOST_TEST(
      !is_taken({{"path", path}, {"kind", binary}, {"blob", any_text(std::string(64, 'A'))}}));

  Gardener ann(1);
  ann.plants_text("tree", "a");
  ann.plants_text("", "b");
  ann.plants_text("an id", "c");
  ann.plants_text(std::string(64, 'x'), "d");
  ann.plants_text(std::string(65, 'x'), "e");
  BOOST_TEST(shown(ann) == std::string(64, 'x') + "=d");
  const auto changed =
      ann.document().transact(0, [&](Document::Editor& editor) -> Result<void> {
        const auto files = ann.document().map(kFilesRoot);
        if (auto set = editor.set(files, "no-map", any_text("x")); !set) return set;
        auto list = editor.set_type(files, "list", TypeKind::Array);
        return list ? Result<void>() : Result<void>(forward_error(list));
      });
  BOOST_TEST(changed.has_value());
  BOOST_TEST(Tree::read(ann.document()).entries().size() == 1U);
}

BOOST_AUTO_TEST_CASE(an_optional_field_with_another_value_is_as_if_it_were_absent) {
  Gardener ann(1);
  ann.plants("f", {{"path", any_text("a")},
                   {"kind", any_text("text")},
                   {"eol", any_text("cr")},
                   {"executable", any_text("yes")}});
  const Tree tree = Tree::read(ann.document());
  BOOST_TEST_REQUIRE(tree.entries().size() == 1U);
  BOOST_TEST((tree.entries()[0].eol == LineEnding::Lf));
  BOOST_TEST(!tree.entries()[0].executable);
}

BOOST_AUTO_TEST_CASE(a_path_that_is_none_is_passed_over) {
  BOOST_TEST(is_taken("caf\xC3\xA9/\xF0\x9F\x98\x80"));
  for (const char* path : {"", "/a", "a/../b", "a\nb", "a\xE2\x80\xAE"}) {
    BOOST_TEST(!is_taken(path), path);
  }
}

BOOST_AUTO_TEST_CASE(of_two_files_at_one_path_the_smaller_id_keeps_the_name) {
  BOOST_TEST(shown({{"83f9ac1", "notes.txt"}, {"7", "notes.txt"}}) ==
             "7=notes.txt, 83f9ac1=notes (3f9ac1).txt");
  BOOST_TEST(shown({{"a", "x/Makefile"}, {"b", "x/Makefile"}}) ==
             "a=x/Makefile, b=x/Makefile (b)");
  BOOST_TEST(shown({{"a", ".profile"}, {"b", ".profile"}}) == "a=.profile, b=.profile (b)");
  BOOST_TEST(shown({{"a", "v.1/x"}, {"b", "v.1/x"}}) == "a=v.1/x, b=v.1/x (b)");
  BOOST_TEST(shown({{"a", "x.tar.gz"}, {"b", "x.tar.gz"}, {"c", "x.tar.gz"}}) ==
             "a=x.tar.gz, b=x.tar (b).gz, c=x.tar (c).gz");
}

BOOST_AUTO_TEST_CASE(a_second_name_that_is_not_free_is_another_one) {
  // Somebody else has it, another second name is it, and somebody has a folder there.
  BOOST_TEST(shown({{"a", "n"}, {"b", "n"}, {"c", "n (b)"}}) == "a=n, b=n (b) (b), c=n (b)");
  BOOST_TEST(shown({{"0", "n"}, {"1-abcdef", "n"}, {"2-abcdef", "n"}}) ==
             "0=n, 1-abcdef=n (abcdef), 2-abcdef=n (2-abcdef)");
  BOOST_TEST(shown({{"a", "n"}, {"b", "n"}, {"c", "n (b)/x"}}) ==
             "a=n, b=n (b) (b), c=n (b)/x");
}

BOOST_AUTO_TEST_CASE(a_name_that_a_folder_needs_is_the_folders) {
  BOOST_TEST(shown({{"a", "src"}, {"b", "src-old"}, {"c", "src/main.c"}}) ==
             "a=src (a), b=src-old, c=src/main.c");
  Gardener ann(1);
  ann.plants_text("a", "src");
  ann.plants_folder("b", "src");
  BOOST_TEST(shown(ann) == "a=src, b=src (b)");
  ann.plants_text("c", "src/main.c");
  BOOST_TEST(shown(ann) == "a=src (a), b=src, c=src/main.c");
}

BOOST_AUTO_TEST_CASE(folders_at_one_path_are_one_folder) {
  Gardener ann(1);
  ann.plants_folder("b", "src.d");
  ann.plants_folder("a", "src.d");
  ann.plants_text("c", "src.d");
  BOOST_TEST(shown(ann) == "a=src.d, b=src.d, c=src (c).d");
  BOOST_TEST(Tree::read(ann.document()).at("src.d")->id == "a");
  ann.deletes("a");
  BOOST_TEST(Tree::read(ann.document()).at("src.d")->id == "b");
}

BOOST_AUTO_TEST_CASE(people_who_were_apart_see_the_same) {
  Gardener ann(1);
  Gardener ben(2);
  ann.plants_text("ann-1", "notes.txt");
  ben.plants_text("ben-1", "notes.txt");
  ann.hears(ben);
  ben.hears(ann);
  BOOST_TEST(shown(ann) == "ann-1=notes.txt, ben-1=notes (ben-1).txt");
  BOOST_TEST(shown(ben) == shown(ann));
}

// Few names, so that everything collides with everything. No two files are shown at one path,
// and nothing is below a file.
BOOST_AUTO_TEST_CASE(whatever_people_plant_could_be_on_a_disk) {
  SeededRandom random;
  BOOST_TEST_INFO_SCOPE(random);
  for (int round = 0; round < 300; ++round) {
    Gardener ann(1);
    const std::size_t files = 2 + random.below(10);
    for (std::size_t i = 0; i < files; ++i) {
      const std::string id(1, static_cast<char>('a' + i));
      std::string path(1, static_cast<char>('a' + random.below(2)));
      for (std::size_t depth = random.below(3); depth > 0; --depth) {
        const std::string mark(1, static_cast<char>('a' + random.below(files)));
        path += random.one_in(2) ? "/a" : " (" + mark + ")";
      }
      random.one_in(3) ? ann.plants_folder(id, path) : ann.plants_text(id, path);
    }
    const Tree tree = Tree::read(ann.document());
    BOOST_TEST_REQUIRE(tree.entries().size() == files);
    for (const TreeEntry& entry : tree.entries()) {
      BOOST_TEST_REQUIRE(check_relative_path(entry.shown_path).has_value());
      for (const TreeEntry& other : tree.entries()) {
        if (&entry == &other) continue;
        const bool both_folders =
            entry.kind == FileKind::Folder && other.kind == FileKind::Folder;
        BOOST_TEST_REQUIRE((entry.shown_path != other.shown_path || both_folders));
        const bool is_below = other.shown_path.starts_with(entry.shown_path + "/");
        BOOST_TEST_REQUIRE((!is_below || entry.kind == FileKind::Folder));
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::document
