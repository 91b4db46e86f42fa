#include "daemon/workspace/open_buffers.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/document/text_change.h"
#include "daemon/support/agenda.h"
#include "tests/support/black_box_parts.h"
#include "tests/support/stepped_clock.h"
#include "tests/support/stepped_replica_store.h"

namespace plait::workspace {
namespace {

using document::LocalDocument;
using document::Mirror;
using document::TextChange;
using namespace std::chrono_literals;

/// One daemon of a machine, as far as it has documents and buffers of them.
class Process final : private DocumentsHost, private OpenBuffersHost {
 public:
  Process(support::SteppedReplicaStore& store, std::vector<std::string>& parts,
          const Clock& clock, crdt::ClientId client)
      : documents("garden", store, agenda, clock, *this),
        buffers(std::make_unique<support::BlackBoxParts>(parts), documents, agenda, clock,
                *this) {
    documents.set_client(client);
  }

  // DocumentsHost
  void document_changes(SharedDocument&, LocalDocument::Origin) override {}
  void document_changed(SharedDocument&, LocalDocument::Origin) override {}
  void document_updated(const SharedDocument& document, std::string_view update) override {
    buffers.document_updated(document, update);
  }
  void document_written(const std::string&, const std::vector<std::string>&) override {}
  void journal_failed(const Error& error) override { BOOST_ERROR(error.message); }
  // OpenBuffersHost
  void file_opened(const std::string&) override { ++open; }
  void file_closed(const std::string&) override { --open; }

  Agenda agenda;
  int open = 0;  ///< files that the folder is not to touch
  Documents documents;
  OpenBuffers buffers;
};

/// An editor's buffer of the one file.
class Buffer final : private LocalDocument::Observer {
 public:
  Buffer(Process& process, std::int64_t epoch, Hold document)
      : document_(std::move(document)),
        track_(process.buffers.track(*document_, epoch, mirror)) {
    document_->local().add_observer(*this);
  }
  ~Buffer() override { document_->local().remove_observer(*this); }

  void types(std::uint32_t at, const std::string& text) {
    BOOST_TEST_REQUIRE(mirror.begin_edit(mirror.rev() + 1, mirror.confirmed()).has_value());
    const auto merged = mirror.merge(TextChange::replacement(Utf16Offset{at}, {}, text));
    BOOST_TEST_REQUIRE(merged.has_value());
    BOOST_TEST_REQUIRE(
        document_->local().change(merged->for_document, LocalDocument::kDisk).has_value());
  }
  void closes() { track_.reset(); }

  Mirror mirror;

 private:
  void about_to_change(LocalDocument::Origin origin) override {
    if (origin == LocalDocument::kNetwork) mirror.keep(document_->local().view());
  }
  void changed(std::span<const crdt::TextEdit> edits, LocalDocument::Origin origin) override {
    if (origin == LocalDocument::kNetwork) mirror.sent(TextChange::of(edits));
  }

  Hold document_;
  std::unique_ptr<BlackBox::Track> track_;
};

/// A machine on which a file is open in an editor, and somebody who writes in it from afar.
struct Machine {
  Machine() {
    store::ReplicaWorkspace garden;
    garden.id = "garden";
    garden.folder = "/home/ann/garden";
    store.put_workspace(garden, {});
    store.commit();
    process = std::make_unique<Process>(store, parts, clock, crdt::ClientId{1});
    process->buffers.recover([] {});
    auto made = process->documents.make("file");
    BOOST_TEST_REQUIRE(made.has_value());
    file = *std::move(made);
    buffer = std::make_unique<Buffer>(*process, 7, Hold(*file));
    theirs = *LocalDocument::load({}, {}, {});
    theirs->set_client(crdt::ClientId{99});
    buffer->types(0, "text");
    turn();
    BOOST_TEST_REQUIRE(theirs->apply(file->local().encode()).has_value());
  }

  void turn() { process->buffers.end_of_turn(); }
  void they_type(std::uint32_t at, const std::string& text) {
    const auto before = theirs->state_vector();
    BOOST_TEST_REQUIRE(
        theirs->change(TextChange::replacement(Utf16Offset{at}, {}, text), LocalDocument::kDisk)
            .has_value());
    BOOST_TEST_REQUIRE(file->local().apply(theirs->own_part(before)).has_value());
    BOOST_TEST_REQUIRE(file->local().text() == theirs->text());
  }
  /// kill -9: nothing of this had reached the store. Another one begins.
  void is_killed() {
    process->buffers.seal();
    store.steps().lose_unsynced();
    begins_again();
  }
  void begins_again() {
    buffer.reset();
    second.reset();
    file = Hold();
    process = std::make_unique<Process>(store, parts, clock, crdt::ClientId{2});
    bool is_recovered = false;
    process->buffers.recover([&] { is_recovered = true; });
    store.commit();
    BOOST_TEST_REQUIRE(is_recovered);
    process->documents.open("file", [&](Result<Hold> opened) {
      BOOST_TEST_REQUIRE(opened.has_value());
      file = *std::move(opened);
    });
    store.commit();
  }

  support::SteppedClock clock;
  support::SteppedReplicaStore store;
  std::vector<std::string> parts;
  std::unique_ptr<Process> process;
  Hold file;
  std::unique_ptr<Buffer> buffer;
  std::unique_ptr<Buffer> second;  ///< in another editor
  std::unique_ptr<LocalDocument> theirs;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_buffers, Machine)

BOOST_AUTO_TEST_CASE(a_buffer_and_its_document_are_known_after_a_death) {
  they_type(0, "their ");
  buffer->types(4, " mine");  // it has not heard of that
  turn();
  const std::string mirror = buffer->mirror.encode();
  is_killed();
  BOOST_TEST(file->local().text() == "their text mine");
  BOOST_TEST(process->open == 1);
  const auto taken = process->buffers.take("file", 7);
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST(taken->first == 7);
  BOOST_TEST(taken->second.encode() == mirror);
  BOOST_TEST(process->open == 0);
}

BOOST_AUTO_TEST_CASE(what_nobody_was_told_of_has_not_happened) {
  turn();
  const std::string mirror = buffer->mirror.encode();
  they_type(0, "their ");  // and the turn does not end
  is_killed();
  BOOST_TEST(file->local().text() == "text");
  BOOST_TEST(process->buffers.take("file", 7)->second.encode() == mirror);
}

BOOST_AUTO_TEST_CASE(a_turn_that_is_half_written_has_not_happened) {
  const std::string mirror = buffer->mirror.encode();
  const std::size_t before = parts.back().size();
  they_type(0, "their ");
  turn();
  for (std::size_t length = parts.back().size() - 1; length > before; length -= 7) {
    std::vector<std::string> cut = parts;
    cut.back().resize(length);
    BlackBox box(std::make_unique<support::BlackBoxParts>(cut));
    const BlackBox::Left left = box.open();
    BOOST_TEST(left.buffers.at({"file", 7}).encode() == mirror);
    if (length - before < 8) break;
  }
}

BOOST_AUTO_TEST_CASE(until_its_editor_comes_back_it_is_kept_in_step) {
  is_killed();
  they_type(4, "ual");
  auto taken = process->buffers.take("file", 7);
  BOOST_TEST_REQUIRE(taken.has_value());
  BOOST_TEST(taken->second.text(file->local().view()).string() == "text");
  BOOST_TEST((taken->second.missing() == TextChange::replacement(Utf16Offset{4}, {}, "ual")));
}

BOOST_AUTO_TEST_CASE(it_is_known_after_two_deaths_too) {
  they_type(0, "their ");
  turn();
  const std::string mirror = buffer->mirror.encode();
  is_killed();
  is_killed();
  BOOST_TEST(file->local().text() == "their text");
  BOOST_TEST(process->buffers.take("file", 7)->second.encode() == mirror);
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_in_order_leaves_it_too_and_a_closed_buffer_is_gone) {
  turn();
  buffer->closes();
  turn();
  buffer = std::make_unique<Buffer>(*process, 8, Hold(*file));
  turn();
  process->buffers.seal();
  buffer->closes();
  store.commit();
  begins_again();
  BOOST_TEST(process->open == 1);
  BOOST_TEST(process->buffers.take("file", 8)->first == 8);
  BOOST_TEST(!process->buffers.take("file", 7).has_value());
}

BOOST_AUTO_TEST_CASE(who_knows_another_epoch_has_the_only_buffer_of_the_file) {
  is_killed();
  BOOST_TEST(!process->buffers.take("another file", std::nullopt).has_value());
  BOOST_TEST(process->buffers.take("file", 6)->first == 7);
}

BOOST_AUTO_TEST_CASE(of_two_buffers_none_is_guessed) {
  second = std::make_unique<Buffer>(*process, 8, Hold(*file));
  turn();
  is_killed();
  BOOST_TEST(!process->buffers.take("file", std::nullopt).has_value());
  BOOST_TEST(process->buffers.take("file", 8)->first == 8);
  BOOST_TEST(process->buffers.take("file", std::nullopt)->first == 7);
}

BOOST_AUTO_TEST_CASE(an_editor_that_does_not_come_back_is_given_up) {
  is_killed();
  clock.time += kReturnGrace;
  process->agenda.advance(clock.now());
  BOOST_TEST(process->open == 0);
  BOOST_TEST(!process->buffers.take("file", 7).has_value());
}

BOOST_AUTO_TEST_CASE(the_box_stays_small_and_knows_everything) {
  const std::string page(100'000, 'x');
  std::size_t largest = 0;
  for (int i = 0; i < 200; ++i) {
    buffer->types(0, page);
    turn();
    store.commit();
    BOOST_TEST_REQUIRE(parts.size() <= 2U);
    for (const std::string& part : parts) largest = std::max(largest, part.size());
  }
  BOOST_TEST(largest < 2 * kMaxBlackBoxPart);
  BOOST_TEST(parts.size() == 2U);
  const std::string mirror = buffer->mirror.encode();
  is_killed();
  BOOST_TEST(file->local().text().size() == 200 * page.size() + 4);
  BOOST_TEST(process->buffers.take("file", 7)->second.encode() == mirror);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::workspace
