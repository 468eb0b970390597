#include "analysis/torch/draw_weights.hpp"

#include <cmath>
#include <variant>

#include <ATen/CPUGeneratorImpl.h>

namespace relu0 {

namespace {

std::vector<float> initial_values(const TensorSpec& spec, const ConstantInitialisation& constant,
                                  at::Generator& /*generator*/) {
  return std::vector<float>(static_cast<std::size_t>(element_count(spec.shape)),
                            static_cast<float>(constant.value));
}

std::vector<float> initial_values(const TensorSpec& spec, const UniformInitialisation& uniform,
                                  at::Generator& generator) {
  // As uniform_() does it in LibTorch's code for AVX2 and AVX-512: 24 random bits as a number in [0, 1),
  // scaled by a fused multiply-add. Its code for other processors (ATEN_CPU_CAPABILITY=default) rounds the
  // product too, so that θ would depend on the processor.
  constexpr std::uint32_t mask = (1U << 24U) - 1;
  const auto low = static_cast<float>(-uniform.bound);
  const float width = static_cast<float>(uniform.bound) - low;
  std::vector<float> values(static_cast<std::size_t>(element_count(spec.shape)));
  auto& random = *at::check_generator<at::CPUGeneratorImpl>(generator);
  for (float& value : values) {
    value = std::fma(static_cast<float>(random.random() & mask) * 0x1p-24F, width, low);
  }
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
