#include "analysis/slice_values.hpp"

#include "analysis/arithmetic.hpp"
#include "analysis/batch_tensors.hpp"
#include "analysis/loaded_weights.hpp"
#include "analysis/operations/linear.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace relu0 {

namespace {

void check(const NeuronPlane& plane, const SliceEvaluation& evaluation) {
  const auto parameters = static_cast<std::size_t>(element_count(evaluation.batch.image_shape)) + 1;
  if (plane.centre.size() != parameters || plane.first.size() != parameters ||
      plane.second.size() != parameters) {
    throw InputError(
        fmt::format("a plane for inputs of {} values needs vectors of {}", parameters - 1, parameters));
  }
  if (evaluation.sample < 0 || evaluation.sample >= evaluation.batch.size() || evaluation.neurons < 1) {
    throw InputError(fmt::format("sample {} of a mini-batch of {} at a layer of {} neurons",
                                 evaluation.sample, evaluation.batch.size(), evaluation.neurons));
  }
}

/// The parameters of so many points as those of a linear layer.
class Layer {
 public:
  Layer(std::int64_t neurons, std::size_t inputs)
      : weight_{.name = "weight",
                .shape = {neurons, static_cast<std::int64_t>(inputs)},
                .values = std::vector<double>(static_cast<std::size_t>(neurons) * inputs)},
        bias_{.name = "bias",
              .shape = {neurons},
              .values = std::vector<double>(static_cast<std::size_t>(neurons))} {}

  void set(std::size_t neuron, const NeuronPlane& plane, double u, double v) {
    const std::size_t inputs = plane.centre.size() - 1;
    for (std::size_t i = 0; i < inputs; ++i) {
      weight_.values[neuron * inputs + i] = plane.at(u, v, i);
    }
    bias_.values[neuron] = plane.at(u, v, inputs);
  }

  /// What its neurons give for one sample.
  [[nodiscard]] std::vector<double> forward(const at::Tensor& inputs, std::int64_t sample,
                                            const Arithmetic& arithmetic) const {
    const std::array parameters{to_tensor(weight_, arithmetic), to_tensor(bias_, arithmetic)};
    const std::array operands{arithmetic.operand(parameters[0]), parameters[1]};
    const at::Tensor output = operations::linear(
        arithmetic, inputs, {.parameters = parameters, .operands = operands, .buffers = {}}, {});
    return to_doubles(output[sample]);
  }

 private:
  TensorValues weight_;
  TensorValues bias_;
};

}  // namespace

std::vector<double> slice_values(const NeuronPlane& plane, std::span<const double> u,
                                 std::span<const double> v, const SliceEvaluation& evaluation) {
  check(plane, evaluation);
  const at::NoGradGuard no_autograd;
  const Arithmetic arithmetic(evaluation.precision, evaluation.device);
  arithmetic.activate();
  constexpr std::int64_t any_class = 1'000'000;  // labels are not used
  const at::Tensor inputs = to_tensors(evaluation.batch, any_class, arithmetic).inputs;
  Layer layer(evaluation.neurons, plane.centre.size() - 1);

  const std::size_t points = u.size() * v.size();
  const auto at_a_time = static_cast<std::size_t>(evaluation.neurons);
  std::vector<double> values;
  values.reserve(points + at_a_time);
  for (std::size_t begin = 0; begin < points; begin += at_a_time) {
    for (std::size_t neuron = 0; neuron < at_a_time; ++neuron) {
      const std::size_t point = std::min(begin + neuron, points - 1);
      layer.set(neuron, plane, u[point % u.size()], v[point / u.size()]);
    }
    const std::vector<double> of_layer = layer.forward(inputs, evaluation.sample, arithmetic);
    values.insert(values.end(), of_layer.begin(), of_layer.end());
  }
  values.resize(points);
  return values;
}

}  // namespace relu0
