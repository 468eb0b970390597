#include "analysis/torch/draw_weights.hpp"

#include "analysis/torch/loaded_weights.hpp"

#include <variant>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>

namespace relu0 {

namespace {

std::vector<double> initial_values(const TensorSpec& spec, const ConstantInitialisation& constant,
                                   at::Generator& /*generator*/) {
  return std::vector<double>(static_cast<std::size_t>(element_count(spec.shape)), constant.value);
}

std::vector<double> initial_values(const TensorSpec& spec, const UniformInitialisation& uniform,
                                   at::Generator& generator) {
  return to_doubles(at::empty(spec.shape, at::kFloat).uniform_(-uniform.bound, uniform.bound, generator));
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
