#include "suites/tests/models/network_outputs.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/pass.hpp"
#include "reference/pass/backprop.hpp"

#include <ATen/core/grad_mode.h>

namespace relu0::test {

std::vector<double> outputs_in_libtorch(const ImportedModel& model, std::vector<float> inputs,
                                        Precision precision) {
  const at::NoGradGuard no_autograd;
  const Network& network = model.network;
  const Arithmetic arithmetic(precision, Device::cpu);
  const Shape& shape = network.output_shapes().front();
  const auto samples = std::ssize(inputs) / element_count(shape);
  const Batch batch{.image_shape = shape,
                    .inputs = std::move(inputs),
                    .labels = std::vector<std::int64_t>(static_cast<std::size_t>(samples))};
  ForwardPass pass(network, arithmetic);
  const BatchTensors tensors = to_tensors(batch, network, arithmetic);
  pass.set_weights({network, model.weights, arithmetic});
  pass.run(tensors.inputs);
  pass.complete(tensors.labels);
  return to_doubles(pass.outputs()[network.nodes().back().inputs.front()]);
}

std::vector<double> outputs_in_reference(const Network& network, const Weights& weights,
                                         const std::vector<double>& inputs) {
  const Shape& shape = network.output_shapes().front();
  const reference::BatchView batch(std::ssize(inputs) / element_count(shape), shape, inputs, {});
  return reference::to_doubles(
      reference::backprop(network, weights, batch, {.bits = 128, .gradients = false}).loss);
}

}  // namespace relu0::test
