#pragma once
#include "fixtures/models/imported_model.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace relu0::script_import {

/// A weight for a new node: "weight", its values in the network's orientation, and where they come from.
struct NodeTensor {
  const char* suffix;
  TypedValues values;
  std::string source;
  bool transposed = false;
};

/// The nodes of a network under construction, with their weights. Node 0 is the input.
class NetworkDraft {
 public:
  /// Throws InputError for a shape that no network's input has.
  explicit NetworkDraft(Shape input);

  /// Adds a node. `name`: what it should be called; a number is added where another node is called so.
  /// `source`: of ImportedModel::sources. Throws InputError where the operation does not fit its inputs.
  std::size_t append(const std::string& name, Operation operation, std::vector<std::size_t> inputs,
                     const std::string& source, std::vector<NodeTensor> tensors = {});

  [[nodiscard]] const Shape& shape(std::size_t node) const { return shapes_[node]; }
  [[nodiscard]] const Node& node(std::size_t index) const { return nodes_[index]; }

  /// The model that ends in node `last`, without the nodes that do not lead to it; `places` gets the new
  /// index of each node that stays. Throws InputError where that is no network.
  [[nodiscard]] ImportedModel finish(const std::string& network_name, std::size_t last,
                                     std::map<std::size_t, std::size_t>& places) &&;

 private:
  std::vector<Node> nodes_;
  std::vector<Shape> shapes_;
  std::vector<std::string> sources_;
  std::set<std::string> names_;
  std::map<std::string, NodeTensor> tensors_;  ///< by their name in the network
};

}  // namespace relu0::script_import
