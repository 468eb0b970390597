#include "suites/tests/reference/oracle/pass.hpp"

#include <utility>

namespace relu0::oracle {

namespace {

Matrix matrix_of(const TensorValues& tensor) {
  Matrix result(tensor.shape.front(), element_count(tensor.shape) / tensor.shape.front());
  for (Index i = 0; i < result.size(); ++i) {
    result.data()[i] = Ball(tensor.values[static_cast<std::size_t>(i)]);
  }
  return result;
}

Matrix matrix_of(const Batch& batch) {
  Matrix result(batch.size(), static_cast<Index>(batch.inputs.size()) / batch.size());
  for (Index i = 0; i < result.size(); ++i) {
    result.data()[i] = Ball(static_cast<double>(batch.inputs[static_cast<std::size_t>(i)]));
  }
  return result;
}

}  // namespace

Pass::Pass(const Network& network, const Weights& weights, const Batch& batch, const KinkChoices& kinks,
           const Contract& contract)
    : network_{network},
      weights_{weights},
      batch_{batch},
      kinks_{kinks},
      contract_{contract},
      outputs_(network.nodes().size()),
      gradients_(network.nodes().size()),
      parameter_gradients_(network.parameters().size()) {
  outputs_[0] = matrix_of(batch);
}

std::optional<std::size_t> Pass::index_of(const std::vector<TensorSpec>& specs,
                                          const std::string& suffix) const {
  for (std::size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].node == node_ && specs[i].name.ends_with("." + suffix)) {
      return i;
    }
  }
  return std::nullopt;
}

Matrix Pass::parameter(const std::string& suffix) const {
  return matrix_of(weights_.parameters.at(index_of(network_.parameters(), suffix).value()));
}

Matrix Pass::buffer(const std::string& suffix) const {
  return matrix_of(weights_.buffers.at(index_of(network_.buffers(), suffix).value()));
}

bool Pass::has_bias() const { return index_of(network_.parameters(), "bias").has_value(); }

void Pass::give_parameter(const std::string& suffix, Matrix gradient) {
  parameter_gradients_.at(index_of(network_.parameters(), suffix).value()) = std::move(gradient);
}

void Pass::give_input(Matrix gradient, std::size_t i) {
  std::optional<Matrix>& sum = gradients_[input_node(i)];
  if (!sum) {
    sum = std::move(gradient);
    return;
  }
  *sum += gradient;
  allow_roundings(*sum, contract_);
}

}  // namespace relu0::oracle
