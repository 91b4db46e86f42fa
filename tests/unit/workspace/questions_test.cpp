#include "daemon/workspace/questions.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "daemon/support/agenda.h"
#include "tests/support/stepped_clock.h"

namespace plait::workspace {
namespace {

using Kind = Questions::Kind;
using Files = std::vector<std::string>;

struct Person {
  void waits() {
    clock.time += kQuestionPause;
    agenda.advance(clock.now());
  }

  support::SteppedClock clock;
  Agenda agenda;
  std::vector<std::pair<Kind, Files>> asked;
  Questions questions{agenda, clock, [this](Kind kind, const Files& files) {
                        asked.emplace_back(kind, files);
                      }};
  const crypto::Sha256Digest first = crypto::sha256("one");
  const crypto::Sha256Digest second = crypto::sha256("two");
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(questions, Person)

BOOST_AUTO_TEST_CASE(what_comes_together_is_asked_about_once) {
  BOOST_TEST(!questions.may_write("f1", ".exrc", first));
  BOOST_TEST(!questions.may_write("f2", ".npmrc", first));
  BOOST_TEST(!questions.may_write("f1", ".exrc", first));
  BOOST_TEST(asked.empty());
  waits();
  BOOST_TEST_REQUIRE(asked.size() == 1U);
  BOOST_TEST((asked.front() == std::pair{Kind::Guarded, Files{"f1", "f2"}}));
  waits();
  BOOST_TEST(asked.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_version_that_was_agreed_to_is_written_and_no_other) {
  BOOST_TEST(!questions.may_write("f1", ".exrc", first));
  BOOST_TEST((questions.answer(Kind::Guarded, /*accept=*/true) == Files{"f1"}));
  BOOST_TEST(questions.may_write("f1", ".exrc", first));
  BOOST_TEST(questions.open(Kind::Guarded).empty());
  BOOST_TEST(!questions.may_write("f1", ".vimrc", first));
  BOOST_TEST(!questions.may_write("f1", ".vimrc", second));
  BOOST_TEST((questions.open(Kind::Guarded) == Files{"f1"}));
}

BOOST_AUTO_TEST_CASE(a_version_that_was_declined_is_not_asked_about_again) {
  BOOST_TEST(!questions.may_write("f1", ".exrc", first));
  waits();
  questions.answer(Kind::Guarded, /*accept=*/false);
  BOOST_TEST(!questions.may_write("f1", ".exrc", first));
  BOOST_TEST(questions.open(Kind::Guarded).empty());
  waits();
  BOOST_TEST(asked.size() == 1U);
  BOOST_TEST(!questions.may_write("f1", ".exrc", second));
  waits();
  BOOST_TEST(asked.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_file_that_came_back_is_not_deleted_by_a_late_answer) {
  questions.hold_deletions({"f1", "f2"});
  questions.hold_deletions({"f3"});
  waits();
  BOOST_TEST((asked.front() == std::pair{Kind::Deletions, Files{"f1", "f2", "f3"}}));
  questions.came_back("f2");
  BOOST_TEST((questions.answer(Kind::Deletions, /*accept=*/true) == Files{"f1", "f3"}));
  BOOST_TEST(questions.open(Kind::Deletions).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::workspace
