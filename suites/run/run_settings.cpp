#include "suites/run/run_settings.hpp"

#include "fixtures/error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

std::string_view name(RunScale scale) { return scale == RunScale::quick ? "quick" : "paper"; }

RunScale parse_run_scale(std::string_view text) {
  for (const RunScale scale : {RunScale::quick, RunScale::paper}) {
    if (text == name(scale)) {
      return scale;
    }
  }
  throw InputError(fmt::format("unknown scale '{}': use quick or paper", text));
}

bool RunSettings::measures_other_kernels() const {
  return device == Device::cpu && kernel == usual_kernel(device);
}

std::int64_t RunSettings::images_of(DataName name) const {
  const std::int64_t available = data.at(name).images;
  return std::min(images.value_or(available), available);
}

std::int64_t RunSettings::test_images_of(DataName name) const {
  const std::int64_t available = data.at(name).test_images;
  return std::min(images.value_or(available), available);
}

}  // namespace relu0
