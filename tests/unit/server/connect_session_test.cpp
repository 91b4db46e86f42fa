#include "daemon/server/connect_session.h"

#include <chrono>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "daemon/crypto/login_proof.h"
#include "daemon/server/limits.h"
#include "protocol/messages/connect/all.h"
#include "protocol/messages/connect/errors.h"
#include "tests/unit/server/club.h"

namespace plait::server {
namespace {

using namespace std::chrono_literals;
using connect::ConnectError;
using connect::Role;

connect::Hello hello(std::vector<std::string> required = {}) {
  return {{connect::kProtocolVersion}, {"test", "1"}, std::move(required), {}};
}

net::CloseCode closed_with(const ConnectPerson& person) {
  BOOST_TEST_REQUIRE(person.closed().has_value());
  return person.closed()->code;
}

constexpr net::CloseCode code_of(connect::CloseReason why) {
  return net::CloseCode{static_cast<std::uint16_t>(why)};
}

connect::LoginKey login_by(const crypto::DeviceKey& device,
                           const connect::Hello::Reply& greeting,
                           const crypto::LoginChannel& channel) {
  const crypto::LoginChallenge challenge{greeting.server_id, greeting.nonce.data, channel};
  connect::LoginKey login;
  login.public_key.data = device.public_key().bytes;
  login.signature.data = crypto::prove_login(device, challenge)->bytes;
  return login;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(connect_session, Club)

// Coming in -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(somebody_comes_and_types_and_it_is_durable) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  settle();
  BOOST_TEST(ann.subprotocol() == "plait.1");
  BOOST_TEST_REQUIRE(ann.client.is_ready());
  BOOST_TEST(ann.client.user()->name == "Ann");
  BOOST_TEST(ann.client.workspace()->workspace.name == "The club");
  BOOST_TEST(file.is_writable());
  file.types(0, "hello");
  turn(/*store_works=*/false);
  BOOST_TEST(!file.is_saved());
  settle();
  BOOST_TEST(file.is_saved());
  BOOST_TEST(stored_text("f-7") == "hello");
  BOOST_TEST(ann.client.complaints().empty());
}

BOOST_AUTO_TEST_CASE(two_people_and_a_standard_provider_write_one_text) {
  ConnectDocument& anns = guest("Ann").client.opens("f-7");
  ConnectDocument& bens = guest("Ben").client.opens("f-7");
  Person& olga = provider("Olga", "/yjs/w/f-7");
  settle();
  anns.types(0, "one ");
  settle();
  olga.types(4, "two ");
  settle();
  bens.types(8, "three");
  settle();
  BOOST_TEST(anns.text() == "one two three");
  BOOST_TEST(bens.text() == "one two three");
  BOOST_TEST(olga.text() == "one two three");
  wait(kQuiet + 1s);
  BOOST_TEST(anns.hashes_equal() > 0U);
  BOOST_TEST(anns.hashes_different() == 0U);
}

BOOST_AUTO_TEST_CASE(a_client_that_says_everything_at_once_loses_nothing) {
  ConnectPerson& first = guest("Ann");
  ConnectDocument& before = first.client.opens("f-7");
  settle();
  before.types(0, "typed");
  first.goes();
  settle();
  ConnectPerson& ann = guest("Ann", "");
  // Known from before are the channel, and the id that the replica was leased.
  const std::string update = before.document().encode_state();
  ByteWriter frame;
  wire::encode_frame(wire::Channel{1}, wire::SyncUpdate{update}, frame);
  int answers = 0;
  const auto count = [&](const auto& outcome) { answers += outcome.index() == 0 ? 1 : 0; };
  ann.client.call<connect::WorkspaceOpen>({"w"}, count);
  ann.client.call<connect::DocumentOpen>({"f-7", {}}, count);
  ann.client.say(net::MessageKind::Binary, frame.view());
  ann.client.call<connect::DocumentClose>({1}, count);
  ann.client.say(net::MessageKind::Binary, frame.view());
  settle();
  BOOST_TEST(answers == 3);
  BOOST_TEST(stored_text("f-7") == "typed");
}

BOOST_AUTO_TEST_CASE(what_comes_too_early_is_told_so) {
  ConnectPerson& ann = stranger("Ann");
  BOOST_TEST(refusal<connect::WorkspaceList>(ann, {}) == code(ConnectError::NotReady));
  BOOST_TEST(refusal<connect::LoginToken>(ann, {"x"}) == code(ConnectError::NotReady));
  get(ann, hello());
  BOOST_TEST(refusal<connect::WorkspaceList>(ann, {}) == code(ConnectError::NotReady));
}

BOOST_AUTO_TEST_CASE(versions_and_capabilities_are_agreed_on) {
  ConnectPerson& ann = stranger("Ann");
  BOOST_TEST(refusal<connect::Hello>(ann, {{7}, {"t", "1"}, {}, {}}) ==
             code(ConnectError::UnsupportedVersion));
  BOOST_TEST(refusal(ann, hello({"telepathy"})) == code(ConnectError::UnsupportedVersion));
  const auto reply = get<connect::Hello>(ann, {{1, 7}, {"t", "1"}, {"hash"}, {"x", "feed"}});
  BOOST_TEST((reply.capabilities == std::vector<std::string>{"hash", "feed"}));
  const auto again = get(ann, hello());
  BOOST_TEST((again.nonce != reply.nonce));
}

BOOST_AUTO_TEST_CASE(who_does_not_log_in_in_time_is_closed_whatever_he_says) {
  ConnectPerson& ann = stranger("Ann");
  for (int i = 0; i < 9; ++i) {
    get(ann, hello());
    wait(1s);
  }
  BOOST_TEST(ann.is_here());
  wait(1s);
  BOOST_TEST((closed_with(ann) == code_of(connect::CloseReason::LoginRequired)));
}

BOOST_AUTO_TEST_CASE(three_refused_logins_close_the_connection) {
  ConnectPerson& ann = stranger("Ann");
  for (int i = 0; i < kMaxRefusedLogins; ++i) {
    BOOST_TEST(ann.is_here());
    get(ann, hello());
    connect::LoginKey wrong;
    wrong.public_key.data = device_of("Ann").public_key().bytes;
    BOOST_TEST(refusal(ann, wrong) == code(ConnectError::LoginRefused));
  }
  BOOST_TEST((closed_with(ann) == code_of(connect::CloseReason::LoginRequired)));
}

BOOST_AUTO_TEST_CASE(a_nonce_is_good_for_one_attempt) {
  ConnectPerson& ann = stranger("Ann");
  ann.client.call<connect::Hello>(hello());
  const auto greeting = get(ann, hello());
  const connect::LoginKey login =
      login_by(device_of("Ann"), greeting, {std::string(32, 'b'), "plait.example"});
  connect::LoginKey wrong = login;
  wrong.signature.data[0] ^= 1;
  BOOST_TEST(refusal(ann, wrong) == code(ConnectError::LoginRefused));
  BOOST_TEST(refusal(ann, login) == code(ConnectError::LoginRefused));
}

// Behind a proxy that ends TLS the server and the client have no channel in common.
BOOST_AUTO_TEST_CASE(where_tls_ends_before_the_server_a_login_is_for_a_host_of_that_name) {
  ConnectPerson& ann = stranger("Ann");
  net::ConnectionInfo door = ConnectPerson::at_the_door();
  door.channel_binding.clear();
  door.host = "Plait.Example:443";
  BOOST_TEST_REQUIRE(ann.comes(*server, door));
  const crypto::DeviceKey& device = device_of("Ann");
  auto greeting = get(ann, hello());
  BOOST_TEST((greeting.binding == connect::Binding::Host));
  BOOST_TEST(refusal(ann, login_by(device, greeting, {{}, "evil.example"})) ==
             code(ConnectError::LoginRefused));
  greeting = get(ann, hello());
  get(ann, login_by(device, greeting, {{}, "plait.example"}));
}

BOOST_AUTO_TEST_CASE(large_messages_are_for_those_who_have_logged_in) {
  ConnectPerson& ann = stranger("Ann");
  BOOST_TEST(ann.max_message() == net::kMaxMessageBytesBeforeLogin);
  BOOST_TEST(guest("Ben").max_message() == net::kMaxMessageBytes);
}

BOOST_AUTO_TEST_CASE(a_token_lets_in_until_it_expires) {
  ConnectPerson& ann = stranger("Ann");
  get(ann, hello());
  const auto login = get<connect::LoginToken>(ann, {token_of("Ann", Role::Viewer, 60s)});
  BOOST_TEST(login.user.name == "Ann");
  BOOST_TEST(login.workspace_id == "w");
  const auto opened = get<connect::WorkspaceOpen>(ann, {"w"});
  BOOST_TEST((opened.workspace.role == Role::Viewer));
  // A newer one for the same user keeps the connection, another user's does not change it.
  wait(50s);
  BOOST_TEST(refusal<connect::LoginToken>(ann, {token_of("Ben", Role::Viewer)}) ==
             code(ConnectError::Conflict));
  get<connect::LoginToken>(ann, {token_of("Ann", Role::Viewer, 60s)});
  wait(50s);
  BOOST_TEST(ann.is_here());
  wait(11s);
  BOOST_TEST((closed_with(ann) == code_of(connect::CloseReason::LoginRequired)));
}

BOOST_AUTO_TEST_CASE(a_device_that_is_no_member_may_redeem_and_nothing_else) {
  ConnectPerson& eve = guest("Eve", "");
  BOOST_TEST(get<connect::WorkspaceList>(eve, {}).workspaces.empty());
  BOOST_TEST(refusal<connect::WorkspaceOpen>(eve, {"w"}) == code(ConnectError::NotFound));
  BOOST_TEST(refusal<connect::WorkspaceOpen>(eve, {"nowhere"}) == code(ConnectError::NotFound));
  ConnectPerson& olga = guest("Olga");
  connect::InviteCreate wish;
  wish.role = Role::Editor;
  const auto invite = get(olga, wish);
  connect::InviteRedeem redeem;
  redeem.workspace_id = "w";
  redeem.secret = invite.secret;
  BOOST_TEST((get(eve, redeem).standing == connect::Standing::Member));
  BOOST_TEST(get<connect::WorkspaceOpen>(eve, {"w"}).workspace.name == "The club");
  // Everybody has heard.
  BOOST_TEST(!olga.client.heard<connect::FeedEntries>().empty());
  BOOST_TEST(olga.client.heard<connect::FeedEntries>().back().entries.back().kind == "joined");
}

BOOST_AUTO_TEST_CASE(a_connection_is_about_one_workspace) {
  ConnectPerson& ann = guest("Ann");
  const auto first = *ann.client.workspace();
  BOOST_TEST(refusal<connect::WorkspaceOpen>(ann, {"v"}) == code(ConnectError::Conflict));
  const auto again = get<connect::WorkspaceOpen>(ann, {"w"});
  BOOST_TEST(again.participant_id == first.participant_id);
  BOOST_TEST(again.feed_seq == first.feed_seq);
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_answered_or_ends_the_connection) {
  ConnectPerson& ann = guest("Ann");
  ann.client.say(net::MessageKind::Text, "{");
  settle();
  BOOST_TEST_REQUIRE(ann.client.errors().size() == 1U);
  BOOST_TEST(ann.client.errors().back().code == -32700);
  BOOST_TEST(ann.is_here());
  ann.client.say(net::MessageKind::Binary, "\x03\x63");
  turn();
  BOOST_TEST((closed_with(ann) == net::CloseCode::ProtocolError));
}

// Client ids ----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(the_same_replica_gets_the_same_ids) {
  ConnectPerson& ann = guest("Ann");
  const auto first = get<connect::ClientLease>(ann, {"r-1", 2});
  BOOST_TEST(first.client_ids.size() == 2U);
  BOOST_TEST(first.client_ids[0] >= std::int64_t{1} << 32);
  BOOST_TEST((get<connect::ClientLease>(ann, {"r-1", 5}).client_ids == first.client_ids));
  BOOST_TEST(
      (get<connect::ClientLease>(guest("Ben"), {"r-1", 2}).client_ids != first.client_ids));
}

BOOST_AUTO_TEST_CASE(leases_are_handed_out_at_a_pace) {
  ConnectPerson& ann = guest("Ann");
  for (std::uint32_t i = 0; i < kLeases.burst; ++i) {
    get<connect::ClientLease>(ann, {"r-" + std::to_string(i), 1});
  }
  BOOST_TEST(refusal<connect::ClientLease>(ann, {"r-more", 1}) == code(ConnectError::TooFast));
  wait(kLeases.pause);
  get<connect::ClientLease>(ann, {"r-more", 1});
}

BOOST_AUTO_TEST_CASE(nobody_writes_under_an_id_that_was_not_leased_to_his_device) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& anns = ann.client.opens("f-7");
  ConnectDocument& bens = guest("Ben").client.opens("f-7");
  settle();
  crdt::Document forged({.client = anns.document().client()});
  BOOST_TEST_REQUIRE(
      forged.insert(forged.text("content"), Utf16Offset{0}, "forged").has_value());
  bens.says_update(forged.encode_state());
  settle();
  BOOST_TEST_REQUIRE(bens.refused().has_value());
  BOOST_TEST(bens.refused()->rule == "lease");
  BOOST_TEST(anns.text().empty());
  BOOST_TEST(stored_text("f-7").empty());
}

BOOST_AUTO_TEST_CASE(what_was_typed_offline_under_an_older_lease_is_taken) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  settle();
  ann.goes();
  file.types(0, "in the train");
  crash();
  ann.comes(*server);
  settle();
  BOOST_TEST(file.is_saved());
  BOOST_TEST(stored_text("f-7") == "in the train");
}

// Roles ---------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(who_becomes_a_viewer_while_typing_writes_nothing_more) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& anns = ann.client.opens("f-7");
  ConnectDocument& bens = guest("Ben").client.opens("f-7");
  settle();
  anns.types(0, "before");
  settle();
  get<connect::MemberSetRole>(guest("Olga"), {id_of("Ann"), Role::Viewer});
  BOOST_TEST(
      (ann.client.heard<connect::WorkspaceChanged>().back().workspace.role == Role::Viewer));
  anns.types(6, " and after");
  settle();
  BOOST_TEST_REQUIRE(anns.refused().has_value());
  BOOST_TEST(anns.refused()->rule == "role");
  BOOST_TEST(bens.text() == "before");
  BOOST_TEST(stored_text("f-7") == "before");
}

BOOST_AUTO_TEST_CASE(who_is_removed_is_out_at_once_whatever_he_speaks) {
  ConnectPerson& ann = guest("Ann");
  ann.client.opens("f-7");
  Person& at_home = provider("Ann", "/yjs/w/f-7");
  ConnectPerson& olga = guest("Olga");
  settle();
  olga.client.call<connect::MemberRevoke>({{id_of("Ann")}});
  turn(/*store_works=*/false);
  BOOST_TEST((closed_with(ann) == code_of(connect::CloseReason::Removed)));
  BOOST_TEST_REQUIRE(at_home.closed().has_value());
  BOOST_TEST((at_home.closed()->code == code_of(connect::CloseReason::Removed)));
  settle();
  ann.comes(*server);
  settle();
  BOOST_TEST(!ann.client.workspace().has_value());
}

BOOST_AUTO_TEST_CASE(a_kicked_member_may_come_back) {
  ConnectPerson& ann = guest("Ann");
  get<connect::MemberKick>(guest("Olga"), {{id_of("Ann")}});
  BOOST_TEST((closed_with(ann) == code_of(connect::CloseReason::Kicked)));
  ann.comes(*server);
  settle();
  BOOST_TEST(ann.client.workspace().has_value());
}

BOOST_AUTO_TEST_CASE(a_provider_that_becomes_a_viewer_is_told_and_writes_nothing) {
  Person& ann = provider("Ann", "/yjs/w/f-7");
  ann.types(0, "before");
  settle();
  get<connect::MemberSetRole>(guest("Olga"), {id_of("Ann"), Role::Viewer});
  ann.types(6, " and after");
  settle();
  BOOST_TEST(ann.denials().size() == 1U);
  BOOST_TEST(stored_text("f-7") == "before");
}

BOOST_AUTO_TEST_CASE(a_providers_token_expires) {
  Person& ann = provider("Ann", "/yjs/w/f-7");
  wait(std::chrono::hours{1} + 1s);
  BOOST_TEST_REQUIRE(ann.closed().has_value());
  BOOST_TEST((ann.closed()->code == code_of(connect::CloseReason::LoginRequired)));
}

// Documents -----------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_viewer_reads_and_is_not_asked) {
  ConnectDocument& anns = guest("Ann").client.opens("f-7");
  settle();
  anns.types(0, "text");
  settle();
  ConnectPerson& vera = guest("Vera");
  const auto opened = get<connect::DocumentOpen>(vera, {"f-7", {}});
  BOOST_TEST(!opened.writable);
  ByteWriter frame;
  wire::encode_frame(wire::Channel{static_cast<std::uint32_t>(opened.channel)},
                     wire::SyncUpdate{std::string_view("\0\0", 2)}, frame);
  vera.client.say(net::MessageKind::Binary, frame.view());
  settle();
  const auto& refusals = vera.client.heard<connect::DocumentRefused>();
  BOOST_TEST_REQUIRE(refusals.size() == 1U);
  BOOST_TEST(refusals[0].rule == "role");
  BOOST_TEST(refusals[0].update == 1);
}

BOOST_AUTO_TEST_CASE(after_a_refusal_nothing_more_is_taken_until_it_is_opened_anew) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  settle();
  file.types(0, "good");
  settle();
  file.says_update(std::string_view("\1\1\1", 3));
  settle();
  BOOST_TEST_REQUIRE(file.refused().has_value());
  BOOST_TEST(file.refused()->update == 3);
  file.types(4, " lost");
  settle();
  BOOST_TEST(stored_text("f-7") == "good");
  ann.client.reopens(file);
  settle();
  BOOST_TEST(stored_text("f-7") == "good lost");
}

BOOST_AUTO_TEST_CASE(a_gap_is_repaired_by_asking) {
  ConnectDocument& file = guest("Ann").client.opens("f-7");
  settle();
  file.loses_what_it_sends(true);
  file.types(0, "lost ");
  file.loses_what_it_sends(false);
  file.types(5, "found");
  settle();
  BOOST_TEST(!file.refused().has_value());
  BOOST_TEST(stored_text("f-7") == "lost found");
}

BOOST_AUTO_TEST_CASE(the_tree_holds_maps_and_a_file_does_not) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& tree = ann.client.opens("tree");
  ConnectDocument& file = ann.client.opens("f-7");
  settle();
  crdt::Document maps({.client = tree.document().client()});
  const crdt::TypeRef files = maps.map("files");
  const auto made = maps.transact(0, [&](crdt::Document::Editor& editor) -> Result<void> {
    auto entry = editor.set_type(files, "f-7", crdt::TypeKind::Map);
    if (!entry) return forward_error(entry);
    return editor.set(*entry, "path", "w\5a.txt");
  });
  BOOST_TEST_REQUIRE(made.has_value());
  tree.says_update(maps.encode_state());
  file.says_update(maps.encode_state());
  settle();
  BOOST_TEST(!tree.refused().has_value());
  BOOST_TEST_REQUIRE(file.refused().has_value());
}

BOOST_AUTO_TEST_CASE(a_document_that_fails_is_refused_and_the_others_go_on) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& first = ann.client.opens("f-1");
  ConnectDocument& second = ann.client.opens("f-2");
  settle();
  first.types(0, "never stored");
  turn(/*store_works=*/false);
  store.fail_sync();
  store.answer();
  settle();
  BOOST_TEST_REQUIRE(first.refused().has_value());
  BOOST_TEST(first.refused()->rule == "unavailable");
  second.types(0, "stored");
  settle();
  BOOST_TEST(stored_text("f-2") == "stored");
  ann.client.reopens(first);
  settle();
  BOOST_TEST(stored_text("f-1") == "never stored");
}

// The end -------------------------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_server_that_stops_says_so_and_keeps_what_it_has_taken) {
  ConnectPerson& ann = guest("Ann");
  ConnectDocument& file = ann.client.opens("f-7");
  settle();
  file.types(0, "last words");
  turn(/*store_works=*/false);
  server->drain();
  turn(/*store_works=*/false);
  BOOST_TEST(ann.client.heard<connect::ServerDraining>().size() == 1U);
  BOOST_TEST(ann.is_here());
  BOOST_TEST(!server->is_drained());
  settle();
  BOOST_TEST((closed_with(ann) == net::CloseCode::GoingAway));
  BOOST_TEST(server->is_drained());
  BOOST_TEST(stored_text("f-7") == "last words");
}

BOOST_AUTO_TEST_CASE(requests_have_a_pace) {
  ConnectPerson& ann = guest("Ann");
  wait(std::chrono::minutes{1});
  for (std::uint32_t i = 0; i < kMessages.burst; ++i) {
    ann.client.call<connect::WorkspaceList>({});
  }
  turn();
  BOOST_TEST(ann.client.errors().empty());
  BOOST_TEST(refusal<connect::WorkspaceList>(ann, {}) == code(ConnectError::TooFast));
  wait(kMessages.pause);
  get<connect::WorkspaceList>(ann, {});
}

BOOST_AUTO_TEST_CASE(documents_have_a_faster_one_of_their_own) {
  ConnectPerson& ann = guest("Ann");
  wait(std::chrono::minutes{1});
  for (std::uint32_t i = 0; i < kDocumentsRate.burst; ++i) {
    ann.client.call<connect::DocumentClose>({.channel = 77});
  }
  turn();
  BOOST_TEST(ann.client.errors().empty());
  BOOST_TEST(refusal<connect::DocumentClose>(ann, {.channel = 77}) ==
             code(ConnectError::TooFast));
  get<connect::WorkspaceList>(ann, {});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plait::server
