#include "analysis/machine/cuda_determinism.hpp"

#include "fixtures/error.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr const char* variable = "CUBLAS_WORKSPACE_CONFIG";
constexpr std::string_view usual_workspace = ":4096:8";
constexpr std::string_view small_workspace = ":16:8";

}  // namespace

void prepare_process(Device device) {
  if (device != Device::cuda) {
    return;
  }
  const char* const given = std::getenv(variable);
  if (given == nullptr) {
    // Overwrites nothing: the variable is absent.
    if (setenv(variable, usual_workspace.data(), 0) != 0) {
      throw InputError(fmt::format("{} could not be set: set it to {} yourself", variable, usual_workspace));
    }
    return;
  }
  if (given != usual_workspace && given != small_workspace) {
    throw InputError(fmt::format(
        "{} is '{}', with which cuBLAS does not promise the same bits twice: unset it, set it to {} "
        "or {}, or give --device {}",
        variable, given, usual_workspace, small_workspace, name(Device::cuda_nondeterministic)));
  }
}

std::string describe_determinism(Device device) {
  switch (device) {
    case Device::cpu:
      return "the CPU's";
    case Device::cuda: {
      const char* const workspace = std::getenv(variable);
      return fmt::format("cuBLAS with the workspace {}, cuDNN's deterministic kernels",
                         workspace == nullptr ? "that it chooses" : workspace);
    }
    case Device::cuda_nondeterministic:
      return "not asked for: cuDNN may add atomically, in another order each time";
  }
  return "unknown";
}

}  // namespace relu0
