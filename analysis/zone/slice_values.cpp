#include "analysis/zone/slice_values.hpp"

#include "analysis/torch/arithmetic.hpp"
#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/operations/layers/linear.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include <ATen/core/grad_mode.h>
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
  const auto is_in = [](std::int64_t index, std::int64_t size) { return index >= 0 && index < size; };
  if (!is_in(evaluation.sample, evaluation.batch.size()) || !is_in(evaluation.neuron, evaluation.neurons)) {
    throw InputError(fmt::format("sample {} of {}, neuron {} of {}", evaluation.sample,
                                 evaluation.batch.size(), evaluation.neuron, evaluation.neurons));
  }
}

/// A linear layer whose neurons stand for points of the plane.
class Layer {
 public:
  Layer(const NeuronPlane& plane, const SliceEvaluation& evaluation)
      : plane_(plane),
        sample_(evaluation.sample),
        arithmetic_(evaluation.precision, evaluation.device, evaluation.kernel),
        inputs_(to_tensors(evaluation.batch, any_class, arithmetic_).inputs),
        weight_{zeros("weight", {evaluation.neurons, inputs_.size(1)})},
        bias_{zeros("bias", {evaluation.neurons})} {
    arithmetic_.activate();
  }

  void set(std::int64_t place, const SlicePoint& point) {
    const std::size_t inputs = plane_.centre.size() - 1;
    const auto row = static_cast<std::size_t>(place);
    for (std::size_t i = 0; i < inputs; ++i) {
      weight_.values.widen().at(row * inputs + i) = plane_.at(point.u, point.v, i);
    }
    bias_.values.widen().at(row) = plane_.at(point.u, point.v, inputs);
  }

  /// What the neuron at each place gives for the sample.
  [[nodiscard]] std::vector<double> forward() const {
    const std::array parameters{to_tensor(weight_, arithmetic_), to_tensor(bias_, arithmetic_)};
    const std::array operands{arithmetic_.operand(parameters[0]), parameters[1]};
    const Linear linear{.in_features = inputs_.size(1), .out_features = weight_.shape.front()};
    const operations::PassCall pass{.arithmetic = arithmetic_};
    const std::array inputs{inputs_};
    operations::OutputBuffer buffer;
    operations::NodeMemory memory{.buffer = buffer};
    const at::Tensor output =
        operations::forward(linear,
                            {.pass = pass,
                             .node = 0,
                             .inputs = inputs,
                             .weights = {.parameters = parameters, .operands = operands, .buffers = {}}},
                            memory)
            .output;
    return to_doubles(output[sample_]);
  }

 private:
  static TensorValues zeros(std::string name, Shape shape) {
    const auto size = static_cast<std::size_t>(element_count(shape));
    return {.name = std::move(name), .shape = std::move(shape), .values = std::vector<double>(size)};
  }

  static constexpr std::int64_t any_class = 1'000'000;  // labels are not used

  const NeuronPlane& plane_;
  std::int64_t sample_;
  Arithmetic arithmetic_;
  at::Tensor inputs_;
  TensorValues weight_;
  TensorValues bias_;
};

}  // namespace

std::vector<std::int64_t> alike_places(const NeuronPlane& plane, std::span<const SlicePoint> probes,
                                       const SliceEvaluation& evaluation) {
  check(plane, evaluation);
  const at::NoGradGuard no_autograd;
  Layer layer(plane, evaluation);
  std::vector<std::int64_t> places(static_cast<std::size_t>(evaluation.neurons));
  std::iota(places.begin(), places.end(), std::int64_t{0});
  for (const SlicePoint& probe : probes) {
    for (std::int64_t place = 0; place < evaluation.neurons; ++place) {
      layer.set(place, probe);
    }
    const std::vector<double> values = layer.forward();
    const auto bits_at = [&values](std::int64_t place) {
      return std::bit_cast<std::uint64_t>(values[static_cast<std::size_t>(place)]);
    };
    std::erase_if(places, [&](std::int64_t place) { return bits_at(place) != bits_at(evaluation.neuron); });
  }
  return places;
}

std::vector<double> slice_values(const NeuronPlane& plane, std::span<const double> u,
                                 std::span<const double> v, const SliceEvaluation& evaluation,
                                 std::span<const std::int64_t> places) {
  check(plane, evaluation);
  const auto is_place = [&](std::int64_t place) { return place >= 0 && place < evaluation.neurons; };
  if (places.empty() || !std::all_of(places.begin(), places.end(), is_place)) {
    throw InputError(fmt::format("{} places in a layer of {} neurons: needs one at least, each in the layer",
                                 places.size(), evaluation.neurons));
  }
  const at::NoGradGuard no_autograd;
  Layer layer(plane, evaluation);
  const std::size_t points = u.size() * v.size();
  std::vector<double> values;
  values.reserve(points);
  while (values.size() < points) {
    const std::size_t begin = values.size();
    const std::size_t count = std::min(places.size(), points - begin);
    for (std::size_t i = 0; i < count; ++i) {
      layer.set(places[i], {u[(begin + i) % u.size()], v[(begin + i) / u.size()]});
    }
    const std::vector<double> of_layer = layer.forward();
    for (std::size_t i = 0; i < count; ++i) {
      values.push_back(of_layer[static_cast<std::size_t>(places[i])]);
    }
  }
  return values;
}

}  // namespace relu0
