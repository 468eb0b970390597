#include "analysis/machine/libtorch_info.hpp"

#include <sstream>
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

/// The lines of LibTorch's description that name CUDA or a library of its, joined by "; ".
std::string cuda_lines(const std::string& description) {
  std::istringstream lines(description);
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    const std::size_t text = line.find_first_not_of(" -");
    if (text == std::string::npos) {
      continue;
    }
    line.erase(0, text);
    if (line.starts_with("CUDA Runtime") || line.starts_with("CuDNN") || line.starts_with("Magma")) {
      result += (result.empty() ? "" : "; ") + line;
    }
  }
  return result.empty() ? "unknown" : result;
}

}  // namespace

LibTorchInfo libtorch_info() {
  const std::string description = at::show_config();
  return {.version = TORCH_VERSION,
          .cpu_capability = field(description, "CPU capability usage: "),
          .cuda_available = torch::cuda::is_available(),
          .cuda_libraries = cuda_lines(description),
          .build = description};
}

}  // namespace relu0
