#include <iostream>
#include <variant>

#include <sys/stat.h>

#include "daemon/app/command_line.h"
#include "daemon/app/serve.h"

int main(int argc, char** argv) {
  // Nothing that this program writes is for others on this machine.
  umask(S_IRWXG | S_IRWXO);
  const auto command = plait::app::parse_command_line(argc, argv);
  if (const auto* done = std::get_if<plait::app::Done>(&command)) return done->exit_code;
  const auto served = plait::app::serve(std::get<plait::app::ServeOptions>(command));
  if (served) return 0;
  std::cerr << "plait serve: " << served.error().message << '\n';
  return 1;
}
