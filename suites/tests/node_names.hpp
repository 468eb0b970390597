#pragma once
#include "fixtures/network/network.hpp"

#include <string>
#include <vector>

namespace relu0::test {

/// The names of a network's nodes, in its order.
inline std::vector<std::string> node_names(const Network& network) {
  std::vector<std::string> names;
  for (const Node& node : network.nodes()) {
    names.push_back(node.name);
  }
  return names;
}

}  // namespace relu0::test
