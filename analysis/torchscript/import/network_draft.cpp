#include "analysis/torchscript/import/network_draft.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0::script_import {

NetworkDraft::NetworkDraft(Shape input) {
  nodes_.push_back({"input", Input{input}, {}});
  names_.insert("input");
  shapes_.push_back(std::move(input));
  sources_.emplace_back();
}

std::size_t NetworkDraft::append(const std::string& name, Operation operation,
                                 std::vector<std::size_t> inputs, const std::string& source,
                                 std::vector<NodeTensor> tensors) {
  std::string unique = name;
  for (int number = 2; names_.contains(unique); ++number) {
    unique = fmt::format("{}_{}", name, number);
  }
  std::vector<Shape> read;
  for (const std::size_t input : inputs) {
    read.push_back(shapes_[input]);
  }
  Shape output = check_operation(operation, unique, nodes_.size(), read).output;
  names_.insert(unique);
  for (NodeTensor& tensor : tensors) {
    const std::string tensor_name = unique + "." + tensor.suffix;
    tensors_.insert_or_assign(tensor_name, std::move(tensor));
  }
  nodes_.push_back({std::move(unique), std::move(operation), std::move(inputs)});
  shapes_.push_back(std::move(output));
  sources_.push_back(source);
  return nodes_.size() - 1;
}

ImportedModel NetworkDraft::finish(const std::string& network_name, std::size_t last,
                                   std::map<std::size_t, std::size_t>& places) && {
  std::set<std::size_t> needed{0, last};
  for (std::size_t node = last; node > 0; --node) {
    if (needed.contains(node)) {
      needed.insert(nodes_[node].inputs.begin(), nodes_[node].inputs.end());
    }
  }
  std::vector<Node> nodes;
  std::vector<std::string> sources;
  for (const std::size_t node : needed) {
    places[node] = nodes.size();
    Node& kept = nodes.emplace_back(std::move(nodes_[node]));
    for (std::size_t& input : kept.inputs) {
      input = places.at(input);
    }
    sources.push_back(std::move(sources_[node]));
  }
  const bool has_loss = traits(nodes.back().operation).is_loss;
  Network network = has_loss ? Network(network_name, std::move(nodes))
                             : Network::without_loss(network_name, std::move(nodes));
  ImportedModel model{.network = std::move(network),
                      .weights = {},
                      .parameters = {},
                      .buffers = {},
                      .sources = std::move(sources)};
  const auto take = [this](const std::vector<TensorSpec>& specs, std::vector<TensorValues>& values,
                           std::vector<ImportedTensor>& imported) {
    for (const TensorSpec& spec : specs) {
      NodeTensor& tensor = tensors_.at(spec.name);
      values.push_back({spec.name, spec.shape, std::move(tensor.values)});
      imported.push_back({spec.name, std::move(tensor.source), tensor.transposed});
    }
  };
  take(model.network.parameters(), model.weights.parameters, model.parameters);
  take(model.network.buffers(), model.weights.buffers, model.buffers);
  check_fits(model.weights, model.network);
  return model;
}

}  // namespace relu0::script_import
