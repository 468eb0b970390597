#include "suites/run/run_options.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string canonical_command(const RunOptions& options) {
  std::string command = "relu0 run";
  for (const std::string& experiment : options.experiments) {
    command += " " + experiment;
  }
  command += fmt::format(" --scale {} --seed {}", name(options.scale.name), options.seed);
  if (options.scale.networks) {
    command += fmt::format(" --networks {}", *options.scale.networks);
  }
  if (options.scale.fp64_networks) {
    command += fmt::format(" --fp64-networks {}", *options.scale.fp64_networks);
  }
  if (options.scale.minibatches) {
    command += fmt::format(" --minibatches {}", *options.scale.minibatches);
  }
  if (options.images) {
    command += fmt::format(" --images {}", *options.images);
  }
  if (options.s_a != 0 || options.s_b != 1) {
    command += fmt::format(" --s {} {}", options.s_a, options.s_b);
  }
  if (const RunOptions usual; options.reference_bits != usual.reference_bits) {
    command += fmt::format(" --reference-bits {}", options.reference_bits);
  }
  if (const RunOptions usual; options.max_reference_bits != usual.max_reference_bits) {
    command += fmt::format(" --max-reference-bits {}", options.max_reference_bits);
  }
  if (options.protocol == Protocol::two_network) {
    command += " --protocol two-network";
  }
  if (options.device != Device::cpu) {
    command += fmt::format(" --device {}", name(options.device));
  }
  return command;
}

}  // namespace relu0
