#include "daemon/app/command_line.h"

#include <functional>
#include <iostream>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

namespace plait::app {
namespace {

/// Has CLI11 say what is wrong with a value.
template <class T>
std::function<void(const std::string&)> into(T& target, Result<T> (*parse)(std::string_view)) {
  return [&target, parse](const std::string& text) {
    auto value = parse(text);
    if (!value) throw CLI::ValidationError(value.error().message);
    target = *std::move(value);
  };
}

}  // namespace

std::variant<ServeOptions, Done> parse_command_line(int argc, const char* const* argv) {
  ServeOptions options;
  Endpoint metrics;
  CLI::App app("Several people, one folder, each in their own editor.", "plait");
  app.require_subcommand(1);
  CLI::App* serve = app.add_subcommand("serve", "Keeps workspaces and brings people together");
  serve->fallthrough();  // so that --config may come behind it
  serve
      ->add_option_function("--listen", into(options.listen, parse_endpoint),
                            "where to listen (127.0.0.1:4430)")
      ->type_name("HOST:PORT");
  serve->add_option("--data", options.data, "the folder with everything that is kept")
      ->type_name("DIR")
      ->capture_default_str();
  serve
      ->add_option_function("--tls", into(options.tls, parse_tls),
                            "self-signed, off, or CERT,KEY: PEM files (self-signed)")
      ->type_name("HOW");
  const CLI::Option* metrics_given =
      serve
          ->add_option_function("--metrics", into(metrics, parse_endpoint),
                                "also answer /healthz, /readyz and /metrics, without TLS")
          ->type_name("HOST:PORT");
  serve->add_flag("--open", options.open,
                  "any path under /yjs/ is a room for everybody, as in the y-websocket server");
  serve->add_flag("--behind-proxy", options.behind_proxy,
                  "a proxy in front does TLS and says who comes");
  app.set_config("--config", "", "a file with these options, below a line [serve]");
  app.get_config_ptr()->configurable(false);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Done{app.exit(error)};
  }
  if (metrics_given->count() > 0) options.metrics = metrics;
  if (auto fine = check(options); !fine) {
    std::cerr << "plait serve: " << fine.error().message << '\n';
    return Done{2};
  }
  return options;
}

}  // namespace plait::app
