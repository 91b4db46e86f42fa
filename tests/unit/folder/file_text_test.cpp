#include "daemon/folder/file_text.h"

#include <string>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace plait::folder {
namespace {

std::string there_and_back(std::string_view bytes) {
  const FileText read = text_of(bytes);
  return bytes_of(read.text, read.ending);
}

// Each with one kind of ending.
const std::array<std::string, 9> kFiles{
    "",
    "\n",
    "\r\n",
    "a",
    "a\nb\n",
    "a\r\nb",
    "\r\n\r\n",
    "lone \r stays\n",
    "\xEF\xBB\xBFmarked\r\n",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(file_text)

BOOST_DATA_TEST_CASE(a_file_that_nobody_edits_comes_back_byte_for_byte, kFiles, file) {
  BOOST_TEST(there_and_back(file) == file);
}

BOOST_AUTO_TEST_CASE(editors_see_newlines_whatever_the_file_has) {
  const FileText read = text_of("a\r\nb\r\n");
  BOOST_TEST(read.text == "a\nb\n");
  BOOST_TEST((read.ending == LineEnding::Crlf));
}

BOOST_AUTO_TEST_CASE(what_most_lines_have_decides_for_a_mixed_file) {
  BOOST_TEST(there_and_back("a\r\nb\r\nc\n") == "a\r\nb\r\nc\r\n");
  BOOST_TEST(there_and_back("a\r\nb\nc\n") == "a\nb\nc\n");
  BOOST_TEST(there_and_back("a\r\nb\n") == "a\nb\n");
}

BOOST_AUTO_TEST_CASE(a_return_before_a_windows_ending_stays) {
  const FileText read = text_of("a\r\r\n");
  BOOST_TEST(read.text == "a\r\n");
  BOOST_TEST(bytes_of(read.text, read.ending) == "a\r\r\n");
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_text) {
  BOOST_TEST(text_of("\xEF\xBB\xBFx").text == "\xEF\xBB\xBFx");
}

BOOST_AUTO_TEST_CASE(text_is_utf8_without_nul) {
  BOOST_TEST(is_text(""));
  BOOST_TEST(is_text("grün 😀\n"));
  BOOST_TEST(!is_text(std::string_view("a\0b", 3)));
  BOOST_TEST(!is_text("\xFF\xFE"));
  BOOST_TEST(!is_text("\xED\xA0\x80"));  // half of a surrogate pair
}

BOOST_AUTO_TEST_CASE(a_text_that_is_too_large_is_binary) {
  BOOST_TEST(is_text(std::string(kMaxTextBytes, 'a')));
  BOOST_TEST(!is_text(std::string(kMaxTextBytes + 1, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::folder
