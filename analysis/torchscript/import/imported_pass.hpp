#pragma once
#include "analysis/torchscript/kinks/script_kinks.hpp"
#include "analysis/zeros/relu_zeros.hpp"
#include "fixtures/models/imported_model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// An operator that keeps a pass from being described as a network.
struct ImportGap {
  OperatorPlace place;  ///< "aten::gelu", its submodule and source line
  std::string why;      ///< "relu0's networks do not have it"

  bool operator==(const ImportGap&) const = default;
};

/// What one forward pass of a TorchScript model computed of one mini-batch, as a network that the reference
/// runs. It holds for that mini-batch: where the model branches on its data, another one may take another
/// way.
struct ImportedPass {
  /// With the loss, or without it where `targets` say that it is the mean of squared differences from them.
  /// Absent where something stands in the way. Sources of tensors are their names in the module, "constant"
  /// for numbers that are neither parameter nor buffer.
  std::optional<ImportedModel> model{};
  /// What stands in the way, each operator of the pass once, at least one where there is no model.
  std::vector<ImportGap> gaps{};
  /// The mini-batch in the arithmetic of the pass, samples × the input's shape.
  std::vector<double> inputs{};
  std::int64_t samples = 0;
  std::vector<std::int64_t> labels{};  ///< empty for a network without loss
  std::vector<double> targets{};       ///< samples × the output's shape; for a network without loss
  /// What the pass itself met at each node that has a kink at 0, in order.
  std::vector<ReluZeros> zeros{};
};

}  // namespace relu0
