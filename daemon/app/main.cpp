#include <iostream>
#include <variant>

#include "daemon/app/admin.h"
#include "daemon/app/command_line.h"
#include "daemon/app/process_limits.h"
#include "daemon/app/serve.h"

int main(int argc, char** argv) {
  plait::app::set_process_limits();
  const auto command = plait::app::parse_command_line(argc, argv);
  if (const auto* done = std::get_if<plait::app::Done>(&command)) return done->exit_code;
  if (const auto* options = std::get_if<plait::app::AdminOptions>(&command)) {
    const auto exit_code = plait::app::administer(*options);
    if (exit_code) return *exit_code;
    std::cerr << "plait admin: " << exit_code.error().message << '\n';
    return 1;
  }
  const auto served = plait::app::serve(std::get<plait::app::ServeOptions>(command));
  if (served) return 0;
  std::cerr << "plait serve: " << served.error().message << '\n';
  return 1;
}
