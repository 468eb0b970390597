#pragma once
#include "suites/measurements/cell.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace relu0 {

enum class ScaleName { quick, paper };

std::string_view name(ScaleName scale);
/// Throws InputError listing the names.
ScaleName parse_scale(std::string_view text);

/// How many networks are drawn in each cell. `paper` is the paper's: 1,000 (and fewer where networks go
/// through the reference, which the paper has not). `quick` is small and honest: enough for the main claims
/// to be decided, wide intervals for the rest.
struct Scale {
  ScaleName name = ScaleName::quick;
  std::optional<std::int64_t> networks;       ///< overrides the number at 16 and 32 bits
  std::optional<std::int64_t> fp64_networks;  ///< overrides the number at 64 bits
  std::optional<std::int64_t> minibatches{};  ///< overrides after how many mini-batches a stream ends

  [[nodiscard]] std::int64_t networks_for(const Cell& cell) const;
  /// After how many mini-batches a stream ends without an impact: beyond the largest published index at
  /// `paper`.
  [[nodiscard]] std::int64_t stream_minibatches() const {
    return minibatches.value_or(name == ScaleName::paper ? 150 : 4);
  }
  /// RunSettings::zero_training_multiply_adds: below a second of a core at `quick`.
  [[nodiscard]] std::optional<double> zero_training_multiply_adds() const {
    return name == ScaleName::paper ? std::nullopt : std::optional(2e10);
  }
};

}  // namespace relu0
