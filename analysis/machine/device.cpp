#include "analysis/machine/device.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <torch/cuda.h>

namespace relu0 {

std::string_view name(Device device) {
  switch (device) {
    case Device::cpu:
      return "cpu";
    case Device::cuda:
      return "cuda";
    case Device::cuda_nondeterministic:
      return "cuda:nondeterministic";
  }
  return "unknown";
}

Device parse_device(std::string_view text) {
  constexpr std::array all{Device::cpu, Device::cuda, Device::cuda_nondeterministic};
  const auto* const found =
      std::find_if(all.begin(), all.end(), [text](Device device) { return name(device) == text; });
  if (found == all.end()) {
    throw InputError(fmt::format("unknown device '{}': use cpu, cuda or cuda:nondeterministic", text));
  }
  if (is_cuda(*found) && !torch::cuda::is_available()) {
    throw InputError(
        fmt::format("device '{}': this LibTorch finds no CUDA device; use the device 'cpu', or build with a "
                    "LibTorch for CUDA on a machine that has one",
                    text));
  }
  return *found;
}

}  // namespace relu0
