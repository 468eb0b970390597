#include "analysis/machine/libtorch_info.hpp"

#include <string_view>

#include <ATen/Version.h>
#include <torch/cuda.h>
#include <torch/version.h>

namespace relu0 {

namespace {

/// The rest of the line of LibTorch's description that starts with `label`.
std::string field(const std::string& description, std::string_view label) {
  const std::size_t start = description.find(label);
  if (start == std::string::npos) {
    return "unknown";
  }
  const std::size_t value = start + label.size();
  return description.substr(value, description.find('\n', value) - value);
}

}  // namespace

LibTorchInfo libtorch_info() {
  const std::string description = at::show_config();
  return {.version = TORCH_VERSION,
          .cpu_capability = field(description, "CPU capability usage: "),
          .cuda_available = torch::cuda::is_available(),
          .build = description};
}

}  // namespace relu0
