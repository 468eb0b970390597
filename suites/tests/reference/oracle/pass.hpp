#pragma once
#include "fixtures/network/batch.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/weights/weights.hpp"
#include "suites/tests/reference/oracle/contract.hpp"

#include <optional>
#include <string>
#include <vector>

namespace relu0::oracle {

using Index = Eigen::Index;

/// What the operations share while the textbook's passes go over a network: the node in hand, what it reads,
/// and where its gradients go. Activations are matrices of samples × elements, row-major in a sample's shape.
class Pass {
 public:
  Pass(const Network& network, const Weights& weights, const Batch& batch, const KinkChoices& kinks,
       const Contract& contract);

  /// @name The walk over the nodes
  /// @{
  void take_up(std::size_t node) { node_ = node; }
  void set_output(Matrix output) { outputs_[node_] = std::move(output); }
  [[nodiscard]] const Matrix& output(std::size_t node) const { return outputs_[node]; }
  [[nodiscard]] const Matrix& gradient(std::size_t node) const { return *gradients_[node]; }
  [[nodiscard]] const std::vector<Matrix>& parameter_gradients() const { return parameter_gradients_; }
  [[nodiscard]] int kinks_met() const { return kinks_met_; }
  /// @}

  /// @name What the node in hand reads
  /// @{
  [[nodiscard]] std::size_t node() const { return node_; }
  [[nodiscard]] std::size_t inputs() const { return network_.nodes()[node_].inputs.size(); }
  [[nodiscard]] const Matrix& x(std::size_t i = 0) const { return outputs_[input_node(i)]; }
  [[nodiscard]] const Matrix& dy() const { return *gradients_[node_]; }  ///< d loss / d output
  [[nodiscard]] const Shape& in_shape() const { return network_.output_shapes()[input_node()]; }
  [[nodiscard]] const Shape& out_shape() const { return network_.output_shapes()[node_]; }
  [[nodiscard]] Index samples() const { return batch_.size(); }
  [[nodiscard]] Index label(Index sample) const { return batch_.labels[static_cast<std::size_t>(sample)]; }
  [[nodiscard]] const KinkChoices& kinks() const { return kinks_; }
  [[nodiscard]] const Contract& contract() const { return contract_; }

  /// The first dimension × the others. `suffix`: the name after the node's own, "weight".
  [[nodiscard]] Matrix parameter(const std::string& suffix) const;
  [[nodiscard]] Matrix buffer(const std::string& suffix) const;
  [[nodiscard]] bool has_bias() const;
  /// @}

  /// @name Zeros of a size
  /// @{
  [[nodiscard]] static Matrix zeros_like(const Matrix& matrix) {
    return Matrix::Constant(matrix.rows(), matrix.cols(), Ball(0));
  }
  [[nodiscard]] Matrix output_zeros() const {
    return Matrix::Constant(samples(), element_count(out_shape()), Ball(0));
  }
  /// @}

  /// @name What the node in hand gives
  /// @{
  void give_parameter(const std::string& suffix, Matrix gradient);
  /// Adds to d loss / d output of an input; a second consumer's contribution is added with one rounding.
  void give_input(Matrix gradient, std::size_t i = 0);
  void meet_kink() { ++kinks_met_; }
  /// @}

 private:
  [[nodiscard]] std::size_t input_node(std::size_t i = 0) const { return network_.nodes()[node_].inputs[i]; }
  /// The index of the node's tensor of that name; absent where it has none.
  [[nodiscard]] std::optional<std::size_t> index_of(const std::vector<TensorSpec>& specs,
                                                    const std::string& suffix) const;

  const Network& network_;
  const Weights& weights_;
  const Batch& batch_;
  const KinkChoices& kinks_;
  Contract contract_;
  std::size_t node_ = 0;
  std::vector<Matrix> outputs_;
  std::vector<std::optional<Matrix>> gradients_;
  std::vector<Matrix> parameter_gradients_;
  int kinks_met_ = 0;
};

}  // namespace relu0::oracle
