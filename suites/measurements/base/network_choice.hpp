#pragma once
#include "fixtures/network/architectures/architecture.hpp"
#include "fixtures/network/architectures/mlp.hpp"

#include <string>
#include <variant>

namespace relu0 {

/// A network of one of the paper's families.
using NetworkChoice = std::variant<Mlp, ConvolutionalNetwork, MlpOfWidths>;

inline std::string name(const NetworkChoice& choice) {
  return std::visit([](const auto& network) { return name(network); }, choice);
}

inline Network build(const NetworkChoice& choice) {
  return std::visit([](const auto& network) { return build(network); }, choice);
}

}  // namespace relu0
