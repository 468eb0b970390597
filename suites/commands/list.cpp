#include "suites/commands/commands.hpp"
#include "suites/experiments/experiment.hpp"

#include <fmt/format.h>

namespace relu0::commands {

ExitCode list(const Scale& scale) {
  for (const Experiment& experiment : experiments()) {
    fmt::print("{}: {}\n  {}\n", experiment.id, experiment.title(), experiment.summary());
    for (const Cell& cell : experiment.cells()) {
      fmt::print("    {}: {} networks\n", describe(cell), scale.networks_for(cell));
    }
    fmt::print("\n");
  }
  return exit_pass;
}

}  // namespace relu0::commands
