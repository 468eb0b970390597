#include "suites/scale.hpp"

#include "fixtures/error.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string_view name(ScaleName scale) { return scale == ScaleName::quick ? "quick" : "paper"; }

ScaleName parse_scale(std::string_view text) {
  for (const ScaleName scale : {ScaleName::quick, ScaleName::paper}) {
    if (text == name(scale)) {
      return scale;
    }
  }
  throw InputError(fmt::format("unknown scale '{}': use quick or paper", text));
}

std::int64_t Scale::networks_for(const Cell& cell) const {
  const bool is_fp64 = cell.precision == Precision::fp64;
  if (const auto& given = is_fp64 ? fp64_networks : networks) {
    return *given;
  }
  if (name == ScaleName::paper) {
    return 1000;
  }
  // The paper's own network answers several claims at once, and gets more draws.
  const bool is_main = cell.mlp.hidden_layers == 3 && cell.mlp.width == 256 && cell.batch_size == 256;
  if (cell.precision == Precision::fp16) {
    return 60;
  }
  if (is_fp64) {
    return is_main ? 40 : 4;
  }
  return is_main ? 60 : 20;
}

}  // namespace relu0
