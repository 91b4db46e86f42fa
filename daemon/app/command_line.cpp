#include "daemon/app/command_line.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include <CLI/CLI.hpp>

#include "daemon/app/daemon_hello.h"

namespace plait::app {
namespace {

namespace admin = messages::admin;

constexpr int kWrongUsage = 2;

/// A day is for ever, to a daemon that nobody needs.
constexpr double kMaxIdleExitSeconds = 86'400;

/// Has CLI11 say what is wrong with a value.
template <class T, class Parsed>
std::function<void(const std::string&)> into(T& target,
                                             Result<Parsed> (*parse)(std::string_view)) {
  return [&target, parse](const std::string& text) {
    auto value = parse(text);
    if (!value) throw CLI::ValidationError(value.error().message);
    target = *std::move(value);
  };
}

void add_serve(CLI::App& app, ServeOptions& options) {
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
  serve
      ->add_option_function("--metrics", into(options.metrics, parse_endpoint),
                            "also answer /healthz, /readyz and /metrics, without TLS")
      ->type_name("HOST:PORT");
  serve
      ->add_option_function("--public", into(options.public_address, parse_endpoint),
                            "where clients find this server, for links (where it listens)")
      ->type_name("HOST:PORT");
  serve->add_flag("--open", options.open,
                  "any path under /yjs/ is a room for everybody, as in the y-websocket server");
  serve->add_flag("--behind-proxy", options.behind_proxy,
                  "a proxy in front does TLS and says who comes");
  serve->add_option("--max-members", options.max_members, "members of one workspace")
      ->type_name("N")
      ->capture_default_str();
  serve
      ->add_option("--max-connections-per-address", options.max_connections_per_address,
                   "connections of one address, or of one IPv6 network")
      ->type_name("N")
      ->capture_default_str();
  serve
      ->add_option_function("--workspace-quota", into(options.workspace_quota, parse_size),
                            "what one workspace may keep (4G; open rooms: no limit)")
      ->type_name("SIZE");
  serve
      ->add_option_function("--user-quota", into(options.user_quota, parse_size),
                            "binary files of one member in a workspace (1G)")
      ->type_name("SIZE");
  serve
      ->add_option("--allow-host", options.allowed_hosts,
                   "names, with ports, under which requests may come (on loopback: its names; "
                   "otherwise any)")
      ->type_name("HOST[:PORT]");
  serve
      ->add_option("--allow-origin", options.allowed_origins,
                   "web pages that may connect, as in https://example.org (any)")
      ->type_name("ORIGIN");
}

/// How long something may be good.
struct Longest {
  std::int64_t seconds;
  const char* words;
};

constexpr Longest kInviteTime{messages::connect::kMaxInviteSeconds,
                              "an invite lasts at most 90d"};

template <class M>
void add_expiry(CLI::App* request, M& message, const Longest& most, const char* expiry) {
  request
      ->add_option_function<std::string>(
          "--expires",
          [&message, most](const std::string& text) {
            const auto time = parse_duration(text);
            if (!time) throw CLI::ValidationError(time.error().message);
            if (time->count() > most.seconds) throw CLI::ValidationError(most.words);
            message.expires_in_seconds = time->count();
          },
          expiry)
      ->type_name("TIME");
}

void add_share(CLI::App& app, ShareOptions& options) {
  CLI::App* share = app.add_subcommand("share", "Shares a folder, and prints a link to join");
  messages::editor::Access& access = options.access;
  share->add_option("folder", options.folder)->type_name("DIR")->capture_default_str();
  share
      ->add_option("--server", options.server,
                   "keeps it in a workspace of a server, by an invite for that (this machine "
                   "keeps it)")
      ->type_name("LINK");
  share->add_option("--name", options.name, "what others see (the folder's name)")
      ->type_name("NAME");
  share
      ->add_option("--host", options.host,
                   "where others find this machine, without --server (its own address)")
      ->type_name("HOST");
  share
      ->add_option_function<std::string>(
          "--role",
          [&access](const std::string& text) {
            auto role = parse_role(text);
            if (!role) throw CLI::ValidationError(role.error().message);
            access.role = *role;
          },
          "of those who join: owner, editor, commenter or viewer (editor)")
      ->type_name("ROLE");
  add_expiry(share, access, kInviteTime, "how long the link is good: 30m, 24h, 7d (24h)");
  share->add_option("--uses", access.max_uses, "how many may use it (any number)")
      ->type_name("N")
      ->check(CLI::Range(std::int64_t{1}, messages::connect::kMaxInviteUses));
  share->add_flag("--password", options.asks_password,
                  "the link wants one: asks for it, or takes PLAIT_PASSWORD");
  share->add_flag("--dry-run", options.is_dry_run,
                  "only says what would be shared, and what not and why");
}

void add_join(CLI::App& app, JoinOptions& options) {
  CLI::App* join = app.add_subcommand("join", "Brings a shared folder here");
  join->add_option("link", options.link,
                   "or -, or in PLAIT_LINK: then no other program of this machine sees it. A "
                   "password is asked for, or in PLAIT_PASSWORD")
      ->type_name("LINK");
  join->add_option("folder", options.folder)->type_name("DIR")->capture_default_str();
  join->add_option_function("--existing", into(options.existing, parse_existing),
                            "what becomes of files that differ: refuse, keepMine or takeTheirs "
                            "(refuse)")
      ->type_name("HOW");
}

void add_status(CLI::App& app, StatusOptions& options) {
  CLI::App* status =
      app.add_subcommand("status", "Says which folders are shared, and how it goes");
  status->add_flag("--json", options.json, "for programs");
}

void add_answer(CLI::App& app, const std::string& verb, const std::string& what,
                AnswerOptions& options) {
  CLI::App* answer = app.add_subcommand(verb, what);
  answer->add_option("folder", options.folder)->type_name("DIR")->capture_default_str();
}

void add_leave(CLI::App& app, LeaveOptions& options) {
  CLI::App* leave = app.add_subcommand("leave", "Ends sharing a folder; its files stay");
  leave->add_option("folder", options.folder)->type_name("DIR")->capture_default_str();
}

void add_doctor(CLI::App& app, DoctorOptions& options) {
  CLI::App* doctor =
      app.add_subcommand("doctor", "Says what is wrong, and what to do about it");
  doctor->add_option("target", options.target, "a server, or an invite's link")
      ->type_name("URL|LINK");
  doctor->add_option("--folder", options.folder, "that is shared or is to be")
      ->type_name("DIR")
      ->capture_default_str();
  doctor->add_flag("--json", options.json, "for programs");
}

void add_daemon(CLI::App& app, DaemonOptions& options) {
  CLI::App* daemon = app.add_subcommand("daemon", "Keeps this user's shared folders in step");
  daemon->add_flag("--foreground", options.foreground, "stays, and logs to standard error");
  daemon
      ->add_option_function<double>(
          "--idle-exit",
          [&options](double seconds) {
            options.idle_exit =
                std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
          },
          "how long it stays when nobody needs it (300)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, kMaxIdleExitSeconds));
}

/// A subcommand of `plait admin`, which has the options of its parent as well.
CLI::App* add_request(CLI::App* parent, const char* name, const char* what) {
  CLI::App* request = parent->add_subcommand(name, what);
  request->fallthrough();
  return request;
}

template <class M>
void add_workspace(CLI::App* request, M& message) {
  request->add_option("workspace", message.workspace, "its id, or its name")
      ->type_name("WORKSPACE")
      ->required();
}

template <class M>
void add_role_and_expiry(CLI::App* request, M& message, const Longest& most,
                         const char* expiry) {
  request
      ->add_option_function("--role", into(message.role, parse_role),
                            "owner, editor, commenter or viewer")
      ->type_name("ROLE")
      ->required();
  add_expiry(request, message, most, expiry);
}

/// What may be asked for, until it is known what is.
struct AdminRequests {
  admin::ListWorkspaces workspaces;
  admin::CreateWorkspace create_workspace;
  admin::CreateInvite invite;
  admin::ListMembers members;
  admin::Revoke revoke;
  admin::IssueToken token;
  admin::Backup backup;
  admin::Verify verify;
  admin::Stats stats;
};

void add_admin(CLI::App& app, AdminOptions& options, AdminRequests& requests) {
  CLI::App* parent =
      app.add_subcommand("admin", "Looks after a server, beside one that runs or without");
  parent->require_subcommand(1);
  parent->fallthrough();
  parent->add_option("--data", options.data, "the server's folder")
      ->type_name("DIR")
      ->capture_default_str();
  parent->add_flag("--json", options.json, "answers for programs");
  // What was parsed last of a subcommand's options is there when this is called.
  const auto chosen = [&options](CLI::App* request, auto& message) {
    request->callback([&options, &message] { options.request = message; });
  };

  CLI::App* request = add_request(parent, "workspaces", "Lists the workspaces");
  chosen(request, requests.workspaces);

  request = add_request(parent, "create-workspace", "Makes a workspace");
  request->add_option("name", requests.create_workspace.name)->type_name("NAME")->required();
  chosen(request, requests.create_workspace);

  request = add_request(parent, "invite", "Makes a link that lets people in, and prints it");
  add_workspace(request, requests.invite);
  add_role_and_expiry(request, requests.invite, kInviteTime,
                      "how long it is good: 30m, 24h, 7d (24h)");
  request->add_option("--uses", requests.invite.max_uses, "how many may use it (any number)")
      ->type_name("N");
  request->add_flag("--approval", requests.invite.approval, "an owner has to approve each");
  request
      ->add_option("--host", requests.invite.address,
                   "where the link leads (where the server is)")
      ->type_name("HOST:PORT");
  chosen(request, requests.invite);

  request = add_request(parent, "members", "Lists members, who waits, and invites");
  add_workspace(request, requests.members);
  chosen(request, requests.members);

  request = add_request(parent, "revoke", "Removes a member, or makes an invite void");
  add_workspace(request, requests.revoke);
  request->add_option("who", requests.revoke.who, "a member's id or name, or an invite's id")
      ->type_name("WHO")
      ->required();
  chosen(request, requests.revoke);

  request = add_request(parent, "token", "Prints a token for a Yjs client");
  add_workspace(request, requests.token);
  add_role_and_expiry(request, requests.token,
                      {admin::kMaxTokenSeconds, "a token lasts at most 24h"},
                      "how long it is good: 30m, 8h, at most 24h (24h)");
  request->add_option("--name", requests.token.name, "what others see (\"Guest editor\")")
      ->type_name("NAME");
  chosen(request, requests.token);

  request = add_request(parent, "backup", "Copies everything into a new file");
  request->add_option("file", requests.backup.file)->type_name("FILE")->required();
  chosen(request, requests.backup);

  request = add_request(parent, "verify", "Recomputes every hash; fails if one is wrong");
  chosen(request, requests.verify);
  request = add_request(parent, "stats", "Says how much there is");
  chosen(request, requests.stats);
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) {
  ServeOptions serve;
  AdminOptions admin_options;
  AdminRequests requests;
  DaemonOptions daemon;
  ShareOptions share;
  JoinOptions join;
  StatusOptions status;
  AnswerOptions accept{.accept = true};
  AnswerOptions decline{.accept = false};
  LeaveOptions leave;
  DoctorOptions doctor;
  CLI::App app("Several people, one folder, each in their own editor.", "plait");
  app.require_subcommand(1);
  app.set_version_flag("--version", this_program().version);
  add_serve(app, serve);
  add_admin(app, admin_options, requests);
  add_share(app, share);
  add_join(app, join);
  add_status(app, status);
  add_answer(app, "accept", "Lets happen what a folder asks about", accept);
  add_answer(app, "decline", "Does not let it happen", decline);
  add_leave(app, leave);
  add_doctor(app, doctor);
  add_daemon(app, daemon);
  app.add_subcommand("editor", "What an editor's plugin starts: brings it to the daemon");
  app.set_config("--config", "", "a file with these options, below a line [serve]");
  app.get_config_ptr()->configurable(false);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Done{app.exit(error) == 0 ? 0 : kWrongUsage};
  }
  if (app.got_subcommand("admin")) return admin_options;
  if (app.got_subcommand("daemon")) return daemon;
  if (app.got_subcommand("editor")) return EditorBridge{};
  if (app.got_subcommand("share")) return share;
  if (app.got_subcommand("join")) return join;
  if (app.got_subcommand("status")) return status;
  if (app.got_subcommand("accept")) return accept;
  if (app.got_subcommand("decline")) return decline;
  if (app.got_subcommand("leave")) return leave;
  if (app.got_subcommand("doctor")) return doctor;
  if (auto fine = check(serve); !fine) {
    std::cerr << "plait serve: " << fine.error().message << '\n';
    return Done{kWrongUsage};
  }
  return serve;
}

}  // namespace plait::app
