#include "suites/run/run_options.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string canonical_command(const RunOptions& options) {
  const RunSettings& settings = options.settings;
  const RunSettings usual;
  std::string command = "relu0 run";
  for (const std::string& experiment : options.experiments) {
    command += " " + experiment;
  }
  if (!options.only.everything()) {
    command += fmt::format(" --only {}", options.only.text());
  }
  command += fmt::format(" --scale {} --seed {}", name(settings.scale), settings.seed);
  if (settings.networks) {
    command += fmt::format(" --networks {}", *settings.networks);
  }
  if (settings.fp64_networks) {
    command += fmt::format(" --fp64-networks {}", *settings.fp64_networks);
  }
  if (settings.minibatches) {
    command += fmt::format(" --minibatches {}", *settings.minibatches);
  }
  if (settings.images) {
    command += fmt::format(" --images {}", *settings.images);
  }
  if (settings.s_a != usual.s_a || settings.s_b != usual.s_b) {
    command += fmt::format(" --s {} {}", settings.s_a, settings.s_b);
  }
  if (settings.reference_bits != usual.reference_bits) {
    command += fmt::format(" --reference-bits {}", settings.reference_bits);
  }
  if (settings.max_reference_bits != usual.max_reference_bits) {
    command += fmt::format(" --max-reference-bits {}", settings.max_reference_bits);
  }
  if (settings.protocol == Protocol::two_network) {
    command += " --protocol two-network";
  }
  if (settings.device != usual.device) {
    command += fmt::format(" --device {}", name(settings.device));
  }
  if (settings.kernel != usual.kernel) {
    command += fmt::format(" --kernel {}", name(settings.kernel));
  }
  return command;
}

}  // namespace relu0
