#include "tests/support/document_json.h"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crdt/any_value.h"
#include "tests/support/hex.h"

namespace plait::support {
namespace {

using crdt::TypeKind;

std::string json_of(const crdt::Document& document, std::vector<RootKind> kinds = {}) {
  rapidjson::StringBuffer buffer;
  JsonWriter out(buffer);
  write_json(document, kinds, out);
  return buffer.GetString();
}

BOOST_AUTO_TEST_SUITE(document_json_test)

// const doc = new Y.Doc(); doc.clientID = 7;
// const map = doc.getMap("m");
// map.set("b", [1e21, 1e-7, -0, NaN, 12345678901234567000, undefined]);
// map.set("10", { z: undefined, a: "é" });
// map.set("9", Uint8Array.of(7, 8));
// map.set("big", -5n); map.set("gone", 1); map.delete("gone");
// map.set("inner", new Y.Array());
// map.get("inner").push(
//   [new Y.Text("text"), new Y.Map([["k", null]]), new Y.Doc({ guid: "g" }), true]);
// const p = new Y.XmlElement("P"); doc.getXmlFragment("x").push([p]);
// p.setAttribute("z", "1"); p.setAttribute("a", [1, [null, {}]]);
// const t = new Y.XmlText(); p.push([t]);
// t.insert(0, "one two"); t.format(0, 3, { b: {}, a: { href: "u", "10": 1 } });
// t.insertEmbed(7, { img: 1 }); t.insertEmbed(8, new Y.XmlElement("BR"));
// p.push([new Y.XmlHook("hook")]);
// doc.getText("t").insert(0, "plain");
constexpr std::string_view kEverything =
    "011a07002801016d01620175067b444b1ae4d6e2ef507b3e7ad7f29abcaf487d407b7ff80000000000007b43"
    "e56a95319d63e17f2801016d023130017602017a7f01617702c3a92301016d01390207082801016d03626967"
    "017afffffffffffffffb2101016d04676f6e65012701016d05696e6e65720007000705020400070604746578"
    "74870706012800070b016b017e89070b0167760088070d0178070101780301502800070f017a017701312800"
    "070f01610175027d0175027e76000700070f0604000712036f6e65840715042074776f4607130162027b7dc6"
    "071a07130161137b223130223a312c2268726566223a2275227dc6071507160162046e756c6cc6071c071601"
    "61046e756c6c850719097b22696d67223a317d87071e030242528707120504686f6f6b0401017405706c6169"
    "6e0107010401";

BOOST_AUTO_TEST_CASE(everything_looks_as_yjs_has_it) {
  crdt::Document document({crdt::ClientId{1}, /*collect=*/true});
  BOOST_TEST_REQUIRE(document.apply(bytes_of_hex(kEverything)).has_value());
  BOOST_TEST(
      json_of(document,
              {{"m", TypeKind::Map}, {"x", TypeKind::XmlFragment}, {"t", TypeKind::Text}}) ==
      R"({"m":{"9":{"0":7,"1":8},"10":{"a":"é"},"b":[1e+21,1e-7,0,null,12345678901234567000,null],)"
      R"("big":"-5","inner":["text",{"k":null},{},true]},)"
      R"("x":"<p a=\"1,,[object Object]\" z=\"1\"><a 10=\"1\" href=\"u\"><b>one</b></a> two)"
      R"([object Object]<br></br>[object Object]</p>","t":"plain"})");
}

BOOST_AUTO_TEST_CASE(roots_are_what_they_were_asked_for_as_and_else_left_out) {
  crdt::Document document({crdt::ClientId{1}, /*collect=*/true});
  BOOST_TEST_REQUIRE(document.apply(bytes_of_hex(kEverything)).has_value());
  BOOST_TEST(json_of(document) == "{}");
  BOOST_TEST(document.length(document.text("t")).value() == 5);
  BOOST_TEST(json_of(document) == R"({"t":"plain"})");
  BOOST_TEST(json_of(document, {{"new", TypeKind::Array}, {"1", TypeKind::Map}}) ==
             R"({"1":{},"t":"plain","new":[]})");
}

BOOST_AUTO_TEST_CASE(thousands_of_types_inside_of_each_other) {
  constexpr std::size_t kDepth = 20000;
  crdt::Document document({crdt::ClientId{1}, /*collect=*/true});
  crdt::TypeRef inner = document.array("a");
  BOOST_TEST_REQUIRE(document
                         .transact(0,
                                   [&](crdt::Document::Editor& editor) -> Result<void> {
                                     for (std::size_t i = 0; i < kDepth; ++i) {
                                       auto added =
                                           editor.insert_type(inner, 0, TypeKind::Array);
                                       if (!added) return forward_error(added);
                                       inner = *added;
                                     }
                                     return {};
                                   })
                         .has_value());
  BOOST_TEST(json_of(document) ==
             R"({"a":)" + std::string(kDepth + 1, '[') + std::string(kDepth + 1, ']') + "}");
}

BOOST_AUTO_TEST_CASE(numbers_look_as_in_javascript) {
  BOOST_TEST(js_number(0) == "0");
  BOOST_TEST(js_number(-0.0) == "0");
  BOOST_TEST(js_number(-1.5) == "-1.5");
  BOOST_TEST(js_number(9007199254740992) == "9007199254740992");
  BOOST_TEST(js_number(1e20) == "100000000000000000000");
  BOOST_TEST(js_number(1e21) == "1e+21");
  BOOST_TEST(js_number(0.000001) == "0.000001");
  BOOST_TEST(js_number(0.0000001) == "1e-7");
  BOOST_TEST(js_number(std::numeric_limits<double>::infinity()) == "Infinity");
}

BOOST_AUTO_TEST_CASE(strings_are_ordered_by_utf16_units) {
  BOOST_TEST(js_less("", "a"));
  BOOST_TEST(!js_less("a", "a"));
  BOOST_TEST(js_less("10", "2"));
  BOOST_TEST(js_less("é", "漢"));
  BOOST_TEST(js_less("\U0001F600", "\uE000"));
  BOOST_TEST(js_less("\uD7FF", "\U0001F600"));
  BOOST_TEST(!js_less("\uFFFD", "\U0001F600"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace plait::support
