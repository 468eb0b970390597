#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/operations/node.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// θ as tensors of one arithmetic.
class LoadedWeights {
 public:
  LoadedWeights() = default;
  /// Rounds to the storage format. Throws InputError when the weights do not fit.
  LoadedWeights(const Network& network, const Weights& weights, const Arithmetic& arithmetic);

  /// The same θ in tensors of its own.
  [[nodiscard]] LoadedWeights clone(const Arithmetic& arithmetic) const;

  /// In the order of Network::parameters().
  [[nodiscard]] const std::vector<at::Tensor>& parameters() const { return parameters_; }
  /// To be called after the parameters' values were changed in place.
  void parameters_changed(const Arithmetic& arithmetic);
  /// Refers to this object.
  [[nodiscard]] operations::NodeWeights of_node(std::size_t node) const;
  /// Index in parameters() of the first parameter of `node`; one past the last parameter before it where it
  /// has none.
  [[nodiscard]] std::size_t first_parameter(std::size_t node) const { return first_parameter_[node]; }

 private:
  std::vector<at::Tensor> parameters_;
  std::vector<at::Tensor> operands_;
  std::vector<at::Tensor> buffers_;
  std::vector<std::size_t> first_parameter_;  ///< of each node, and one past the last parameter
  std::vector<std::size_t> first_buffer_;
};

/// Values as a tensor of an arithmetic, rounded to its storage format.
at::Tensor to_tensor(const TensorValues& values, const Arithmetic& arithmetic);

/// The values of a tensor of floating-point numbers, row-major: binary64 ones as such, all others (binary32,
/// binary16, bfloat16) as binary32, which holds them exactly.
TypedValues to_values(const at::Tensor& tensor);

/// The values of a tensor of floating-point numbers, row-major, exactly.
std::vector<double> to_doubles(const at::Tensor& tensor);

}  // namespace relu0
