#pragma once
#include "fixtures/network/batch.hpp"

#include <cstdint>
#include <span>
#include <variant>

namespace relu0::reference {

/// A mini-batch that someone else holds, of inputs in binary32 or binary64. The reference takes both exactly.
struct BatchView {
  /// The batch must outlive the view.
  BatchView(const Batch& batch)
      : size{batch.size()},
        shape{batch.image_shape},
        inputs{std::span<const float>(batch.inputs)},
        labels{batch.labels} {}
  /// labels: empty for a network without loss.
  BatchView(std::int64_t samples, const Shape& sample_shape, std::span<const double> values,
            std::span<const std::int64_t> classes)
      : size{samples}, shape{sample_shape}, inputs{values}, labels{classes} {}

  std::int64_t size;   ///< samples
  const Shape& shape;  ///< of one of them
  std::variant<std::span<const float>, std::span<const double>> inputs;
  std::span<const std::int64_t> labels;
};

}  // namespace relu0::reference
