#include "tests/bench/load/options.h"

#include <charconv>
#include <system_error>

namespace plait::load {

const std::string_view kUsage =
    "usage: plait_load SCENARIO --url ws[s]://HOST:PORT[/PATH] [options]\n"
    "\n"
    "  latency     1 room x 2, 20 edits a second\n"
    "  room        1 room x 100, 10 writers x 10 a second\n"
    "  rooms       100 rooms x 10, everybody types once a second\n"
    "  flood       1 room x 50, 10 writers, as many edits as get through\n"
    "  flood-rooms 100 rooms x 10, the same\n"
    "  idle        memory of a connection that does nothing (--count of them, 10000)\n"
    "  documents   memory of a loaded document of 10 kB (--count of them, 1000)\n"
    "  join        a document of many edits, joined by one after the other (--count, 500)\n"
    "  ingest      many edits, each an update of its own, into a new document\n"
    "  verify      whether the document that ingest made (--room) is still what it was\n"
    "\n"
    "  --fingerprint HEX  of the server's certificate; needed for wss\n"
    "  --dialect D        y-websocket (default) or hocuspocus\n"
    "  --pid N            the server's process: its CPU time and memory are reported\n"
    "  --bare             the server keeps no documents and is not asked for them\n"
    "  --trace FILE       the recorded session that documents, join and ingest play\n"
    "  --room NAME        where ingest writes and verify looks; else a new one\n"
    "  --seconds S        how long is measured (10)\n"
    "  --count N          connections or documents, see above\n"
    "  --window N         edits in flight of each writer of a flood (200, in rooms 20)\n"
    "  --json             one JSON object on one line\n";

namespace {

template <class Number>
Result<Number> number_of(std::string_view text, Number least, Number most) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least ||
      value > most) {
    return fail(ErrorCode::OutOfRange, "'" + std::string(text) + "' is no number from " +
                                           std::to_string(least) + " to " +
                                           std::to_string(most));
  }
  return value;
}

template <class Field, class Number>
Result<void> put_number(Field& field, std::string_view text, Number most) {
  auto value = number_of<Number>(text, 1, most);
  if (!value) return forward_error(value);
  field = *value;
  return {};
}

Result<void> put_dialect(Dialect& dialect, std::string_view text) {
  if (text != "y-websocket" && text != "hocuspocus") {
    return fail(ErrorCode::Unsupported, "no dialect is called '" + std::string(text) + "'");
  }
  dialect = text == "hocuspocus" ? Dialect::Hocuspocus : Dialect::YWebsocket;
  return {};
}

Result<void> put(Options& options, std::string_view name, std::string_view value) {
  if (name == "--url") {
    auto url = parse_url(value);
    if (!url) return forward_error(url);
    options.url = *std::move(url);
  } else if (name == "--fingerprint") {
    auto fingerprint = crypto::Fingerprint::parse(value);
    if (!fingerprint) return forward_error(fingerprint);
    options.fingerprint = *fingerprint;
  } else if (name == "--dialect") {
    return put_dialect(options.dialect, value);
  } else if (name == "--pid") {
    return put_number(options.pid, value, 1 << 30);
  } else if (name == "--trace") {
    options.trace = value;
  } else if (name == "--room") {
    options.room = value;
  } else if (name == "--seconds") {
    return put_number(options.seconds, value, kMaxSeconds);
  } else if (name == "--count") {
    return put_number(options.count, value, kMaxCount);
  } else if (name == "--window") {
    return put_number(options.window, value, kMaxWindow);
  } else {
    return fail(ErrorCode::Unsupported, "there is no option " + std::string(name));
  }
  return {};
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
  const auto no_url = [&] {
    return fail(ErrorCode::Malformed,
                "'" + std::string(text) + "' is not ws[s]://HOST:PORT/PATH");
  };
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("wss://")) {
    rest.remove_prefix(6);
  } else if (rest.starts_with("ws://")) {
    rest.remove_prefix(5);
    url.tls = false;
  } else {
    return no_url();
  }
  const std::size_t slash = rest.find('/');
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  const std::string_view authority = rest.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos) return no_url();
  auto port = number_of<std::uint16_t>(authority.substr(colon + 1), 1, UINT16_MAX);
  if (!port) return no_url();
  url.port = *port;
  url.host = authority.substr(0, colon);
  if (url.host == "[::1]") url.host = "::1";
  if (url.host != "localhost" && url.host != "127.0.0.1" && url.host != "::1") {
    return fail(ErrorCode::Refused, "load is only for servers on this machine");
  }
  return url;
}

Result<Options> parse_options(int argc, char** argv) {
  Options options;
  if (argc < 2) return fail(ErrorCode::Malformed, "which scenario?");
  options.scenario = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--json") {
      options.json = true;
    } else if (name == "--bare") {
      options.bare = true;
    } else if (i + 1 == argc) {
      return fail(ErrorCode::Malformed, std::string(name) + " of what?");
    } else if (auto done = put(options, name, argv[++i]); !done) {
      return forward_error(done);
    }
  }
  if (options.url.host.empty()) return fail(ErrorCode::Malformed, "where? --url says so");
  if (options.url.tls && !options.fingerprint) {
    return fail(ErrorCode::Malformed, "wss needs --fingerprint: it is the only proof there is");
  }
  return options;
}

}  // namespace plait::load
