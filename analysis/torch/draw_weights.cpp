#include "analysis/torch/draw_weights.hpp"

#include <variant>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/from_blob.h>

namespace relu0 {

namespace {

std::vector<float> initial_values(const TensorSpec& spec, const ConstantInitialisation& constant,
                                  at::Generator& /*generator*/) {
  return std::vector<float>(static_cast<std::size_t>(element_count(spec.shape)),
                            static_cast<float>(constant.value));
}

std::vector<float> initial_values(const TensorSpec& spec, const UniformInitialisation& uniform,
                                  at::Generator& generator) {
  std::vector<float> values(static_cast<std::size_t>(element_count(spec.shape)));
  at::from_blob(values.data(), spec.shape, at::kFloat).uniform_(-uniform.bound, uniform.bound, generator);
  return values;
}

std::vector<TensorValues> initialised(const std::vector<TensorSpec>& specs, at::Generator& generator) {
  std::vector<TensorValues> result;
  for (const TensorSpec& spec : specs) {
    result.push_back(
        {spec.name, spec.shape,
         std::visit(
             [&](const auto& initialisation) { return initial_values(spec, initialisation, generator); },
             spec.initialisation)});
  }
  return result;
}

}  // namespace

Weights draw_weights(const Network& network, std::uint64_t seed) {
  at::Generator generator = at::detail::createCPUGenerator(seed);
  std::vector<TensorValues> parameters = initialised(network.parameters(), generator);
  return {.parameters = std::move(parameters), .buffers = initialised(network.buffers(), generator)};
}

}  // namespace relu0
