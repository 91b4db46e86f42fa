#include "daemon/store/replica_files.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/store/laptop.h"

namespace plait::store {
namespace {

ReplicaFile file_at(const std::string& id, const std::string& path) {
  ReplicaFile file;
  file.id = id;
  file.path = path;
  return file;
}

struct Files : Laptop {
  std::vector<ReplicaFile> files() {
    return *now<std::vector<ReplicaFile>>(
        [&](auto answer) { store.load_files("w", std::move(answer)); });
  }
  Result<void> put_files(std::vector<ReplicaFile> changed,
                         std::vector<std::string> removed = {}) {
    return now<void>([&](auto answer) {
      store.put_files("w", std::move(changed), std::move(removed), std::move(answer));
    });
  }
  Result<void> put_base(const std::string& file, const std::string& text) {
    return now<void>([&](auto answer) { store.put_base("w", file, text, std::move(answer)); });
  }
  std::optional<std::string> base(const std::string& file) {
    return *now<std::optional<std::string>>(
        [&](auto answer) { store.base("w", file, std::move(answer)); });
  }
  std::vector<std::string> bases() {
    return *now<std::vector<std::string>>(
        [&](auto answer) { store.bases("w", std::move(answer)); });
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(replica_files, Files)

BOOST_AUTO_TEST_CASE(a_file_comes_back_as_it_was_put) {
  ReplicaFile file = file_at("f1", "src/ä.cpp");
  file.sha256.fill(0xCD);
  file.size = std::uint64_t{1} << 40;
  file.mtime_ns = -1;
  file.ctime_ns = std::numeric_limits<std::int64_t>::max();
  file.inode = std::numeric_limits<std::uint64_t>::max();
  file.executable = true;
  file.kind = ReplicaFile::Kind::Blob;
  BOOST_TEST_REQUIRE(put_files({file}).has_value());
  BOOST_TEST((files() == std::vector{file}));
}

BOOST_AUTO_TEST_CASE(files_are_changed_and_removed_in_one_step) {
  BOOST_TEST_REQUIRE(put_files({file_at("b", "2"), file_at("a", "1")}).has_value());
  BOOST_TEST_REQUIRE(
      put_files({file_at("b", "1"), file_at("c", "3")}, {"a", "never there"}).has_value());
  BOOST_TEST((files() == std::vector{file_at("b", "1"), file_at("c", "3")}));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_removed_and_put_at_once_is_there) {
  BOOST_TEST_REQUIRE(put_files({file_at("a", "1")}).has_value());
  BOOST_TEST_REQUIRE(put_files({file_at("a", "2")}, {"a"}).has_value());
  BOOST_TEST((files() == std::vector{file_at("a", "2")}));
}

BOOST_AUTO_TEST_CASE(a_batch_with_one_bad_file_changes_nothing) {
  BOOST_TEST_REQUIRE(put_files({file_at("a", "1")}).has_value());
  const std::string longest(kMaxReplicaPathBytes, 'p');
  BOOST_TEST((code_of(put_files({file_at("b", "2"), file_at("c", longest + "p")}, {"a"})) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST((files() == std::vector{file_at("a", "1")}));
  BOOST_TEST(put_files({file_at(std::string(kMaxReplicaNameBytes, 'f'), longest)}).has_value());
  BOOST_TEST((code_of(put_files({file_at(std::string(kMaxReplicaNameBytes + 1, 'f'), "2")})) ==
              ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(files_come_in_batches_up_to_the_limit) {
  std::vector<std::string> many(kMaxReplicaBatch, "x");
  BOOST_TEST(put_files({}, many).has_value());
  BOOST_TEST((code_of(put_files({file_at("a", "1")}, many)) == ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_CASE(a_base_text_stays_until_it_is_removed) {
  BOOST_TEST(!base("a").has_value());
  BOOST_TEST_REQUIRE(put_base("b", "").has_value());
  BOOST_TEST_REQUIRE(put_base("a", "old").has_value());
  BOOST_TEST_REQUIRE(put_base("a", std::string("new\0text", 8)).has_value());
  BOOST_TEST((base("a") == std::string("new\0text", 8)));
  BOOST_TEST((base("b") == std::string()));
  BOOST_TEST(bases() == (std::vector<std::string>{"a", "b"}));
  BOOST_TEST_REQUIRE(put_files({}, {"a"}).has_value());
  BOOST_TEST(base("a").has_value());
  store.remove_base("w", "a", {});
  BOOST_TEST(bases() == (std::vector<std::string>{"b"}));
}

BOOST_AUTO_TEST_CASE(a_base_text_is_no_larger_than_the_limit) {
  BOOST_TEST(put_base("a", std::string(kMaxBaseBytes, 't')).has_value());
  BOOST_TEST((code_of(put_base("a", std::string(kMaxBaseBytes + 1, 't'))) ==
              ErrorCode::LimitExceeded));
  BOOST_TEST((code_of(put_base(std::string(kMaxReplicaNameBytes + 1, 'f'), "t")) ==
              ErrorCode::LimitExceeded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::store
