#include "analysis/machine/device.hpp"

#include "fixtures/error.hpp"

#include <fmt/format.h>
#include <torch/cuda.h>

namespace relu0 {

std::string_view name(Device device) { return device == Device::cpu ? "cpu" : "cuda"; }

Device parse_device(std::string_view text) {
  if (text == "cpu") {
    return Device::cpu;
  }
  if (text != "cuda") {
    throw InputError(fmt::format("unknown device '{}': use cpu or cuda", text));
  }
  if (!torch::cuda::is_available()) {
    throw InputError(
        "device 'cuda': this LibTorch finds no CUDA device; use the device 'cpu', or build with a LibTorch "
        "for "
        "CUDA on a machine that has one");
  }
  return Device::cuda;
}

}  // namespace relu0
