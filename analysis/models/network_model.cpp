#include "analysis/models/network_model.hpp"

#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/operations/node.hpp"
#include "analysis/torchscript/kinks/source_place.hpp"
#include "analysis/torchscript/tensor_phrase.hpp"
#include "fixtures/add_once.hpp"
#include "fixtures/count_text.hpp"
#include "fixtures/error.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <ATen/TensorOperators.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// The node whose output the model returns: the last that the file has.
std::size_t output_node(const ImportedModel& imported) {
  std::size_t node = imported.network.nodes().size() - 1;
  while (node > 0 && imported.sources[node].empty()) {
    --node;
  }
  return node;
}

OperatorPlace place_of(const ImportedModel& imported, const std::filesystem::path& path, std::size_t node) {
  const Node& described = imported.network.nodes()[node];
  return {.op = std::string(traits(described.operation).name),
          .module = described.name,
          .source = path.string(),
          .node = imported.sources[node]};
}

/// A tensor of the file as a parameter of the network.
at::Tensor as_parameter(const at::Tensor& tensor, bool exchanged, const Shape& shape) {
  const at::Tensor oriented = exchanged ? tensor.t() : tensor;
  return oriented.sizes() == at::IntArrayRef(shape) ? oriented : oriented.reshape(shape);
}

class NetworkInstance : public RunnableInstance {
 public:
  NetworkInstance(const std::filesystem::path& path, std::shared_ptr<const ImportedModel> imported,
                  const FileParameters& parameters, at::ScalarType type)
      : imported_(std::move(imported)),
        uses_(parameters.uses),
        arithmetic_(type == at::kDouble ? Precision::fp64 : Precision::fp32, Device::cpu),
        weights_(imported_->network, imported_->weights, arithmetic_),
        last_(output_node(*imported_)) {
    for (const FileParameters::Tensor& tensor : parameters.tensors) {
      leaves_.push_back({tensor.name, weights_.parameters()[tensor.parameter].set_requires_grad(true)});
    }
    for (std::size_t i = 0; i <= last_; ++i) {
      places_.push_back(place_of(*imported_, path, i));
      for (const std::size_t input : imported_->network.nodes()[i].inputs) {
        last_reader_[input] = i;
      }
    }
  }

  [[nodiscard]] std::vector<NamedTensor> parameters() const override { return leaves_; }

  [[nodiscard]] std::vector<NamedTensor> buffers() const override {
    std::vector<NamedTensor> result;
    for (std::size_t i = 0; i <= last_; ++i) {
      for (const at::Tensor& buffer : weights_.of_node(i).buffers) {
        result.push_back({imported_->buffers[result.size()].source, buffer});
      }
    }
    return result;
  }

  [[nodiscard]] std::vector<at::Tensor> tensors() const override {
    std::vector<at::Tensor> result;
    for (const std::vector<NamedTensor>& named : {leaves_, buffers()}) {
      for (const NamedTensor& one : named) {
        result.push_back(one.tensor);
      }
    }
    return result;
  }

  void check_inputs(const std::vector<c10::IValue>& inputs) const override {
    const Shape& sample = imported_->network.output_shapes().front();
    const std::string takes = fmt::format("the model takes '{}', real numbers of n × {}", imported_->input,
                                          fmt::join(sample, " × "));
    if (inputs.size() != 1 || !inputs.front().isTensor()) {
      throw InputError(fmt::format("{}; the mini-batch holds {}{}", takes, count_text(inputs.size(), "input"),
                                   inputs.size() == 1 ? ", which is no tensor" : ""));
    }
    const at::Tensor& x = inputs.front().toTensor();
    if (!x.is_floating_point() || x.dim() != static_cast<std::int64_t>(sample.size()) + 1 ||
        x.sizes().slice(1) != at::IntArrayRef(sample)) {
      throw InputError(fmt::format(
          "{}; the mini-batch holds {}{}", takes, tensor_phrase(x),
          x.is_floating_point() ? "" : ": save it as float32, in the range that the model was trained on"));
    }
  }

  c10::IValue forward(const std::vector<c10::IValue>& inputs) override {
    const std::vector<Node>& nodes = imported_->network.nodes();
    const operations::PassCall pass{.arithmetic = arithmetic_};
    std::vector<at::Tensor> outputs(last_ + 1);
    outputs[0] = inputs.front().toTensor();
    for (std::size_t i = 1; i <= last_; ++i) {
      const NodePlace here(places_[i]);
      std::vector<at::Tensor> read;
      for (const std::size_t input : nodes[i].inputs) {
        read.push_back(outputs[input]);
      }
      const operations::NodeWeights weights = weights_.of_node(i);
      std::vector<at::Tensor> parameters;
      for (std::size_t j = 0; j < weights.parameters.size(); ++j) {
        const std::size_t parameter = weights_.first_parameter(i) + j;
        const FileParameters::Use& use = uses_[parameter];
        parameters.push_back(as_parameter(leaves_[use.tensor].tensor, use.exchanged,
                                          imported_->network.parameters()[parameter].shape));
      }
      outputs[i] = operations::by_autograd(nodes[i], {read, parameters, weights.buffers, pass, i});
      // Only autograd's graph may still need them.
      for (const std::size_t input : nodes[i].inputs) {
        if (last_reader_[input] == i) {
          outputs[input].reset();
        }
      }
    }
    return outputs[last_];
  }

  /// @name Networks change nothing about themselves: their statistics are those of the file
  /// @{
  void keep_state() override {}
  [[nodiscard]] std::vector<std::string> changed_state() const override { return {}; }
  void restore_state() override {}
  /// @}

 private:
  std::shared_ptr<const ImportedModel> imported_;
  std::vector<FileParameters::Use> uses_;
  Arithmetic arithmetic_;
  LoadedWeights weights_;
  std::size_t last_;  ///< the node whose output the model returns
  std::vector<NamedTensor> leaves_;
  std::vector<OperatorPlace> places_;
  std::map<std::size_t, std::size_t> last_reader_;  ///< of a node's output, where any reads it
};

/// Whether two tensors hold the same numbers, bit for bit; `exchanged`: as matrices of which one has rows and
/// columns exchanged.
bool same_values(const TensorValues& a, const TensorValues& b, bool exchanged) {
  if (a.values.size() != b.values.size()) {
    return false;
  }
  if (!exchanged) {
    return a.values.same_bits(b.values);
  }
  if (a.shape.size() != 2 || b.shape != Shape{a.shape[1], a.shape[0]}) {
    return false;
  }
  const auto rows = static_cast<std::size_t>(a.shape[0]);
  const auto columns = static_cast<std::size_t>(a.shape[1]);
  for (std::size_t i = 0; i < a.values.size(); ++i) {
    if (a.values[i] != b.values[i % columns * rows + i / columns]) {
      return false;
    }
  }
  return true;
}

ModelTensor described(const TensorValues& values, std::string name, bool requires_grad) {
  return {.name = std::move(name),
          .shape = values.shape,
          .type = values.values.visit(
              [](auto numbers) { return sizeof(numbers.front()) == sizeof(double) ? "float64" : "float32"; }),
          .requires_grad = requires_grad};
}

}  // namespace

FileParameters file_parameters(const ImportedModel& imported) {
  FileParameters result;
  std::set<std::string> names;
  for (std::size_t i = 0; i < imported.parameters.size(); ++i) {
    const ImportedTensor& parameter = imported.parameters[i];
    const TensorValues& values = imported.weights.parameters[i];
    const auto exchanged = [&](const FileParameters::Tensor& tensor) {
      return imported.parameters[tensor.parameter].transposed != parameter.transposed;
    };
    const auto same =
        std::find_if(result.tensors.begin(), result.tensors.end(), [&](const FileParameters::Tensor& tensor) {
          return imported.parameters[tensor.parameter].source == parameter.source &&
                 same_values(imported.weights.parameters[tensor.parameter], values, exchanged(tensor));
        });
    if (same != result.tensors.end()) {
      result.uses.push_back({static_cast<std::size_t>(same - result.tensors.begin()), exchanged(*same)});
      continue;
    }
    std::string name = parameter.source;
    if (!names.insert(name).second) {
      name = fmt::format("{} in {}", parameter.source, parameter.name);
      names.insert(name);
    }
    result.uses.push_back({result.tensors.size(), false});
    result.tensors.push_back({std::move(name), i});
  }
  return result;
}

NetworkModel::NetworkModel(std::filesystem::path path, ImportedModel imported)
    : RunnableModel(std::move(path)),
      imported_(std::make_shared<const ImportedModel>(std::move(imported))),
      parameters_(file_parameters(*imported_)) {
  const Network& network = imported_->network;
  info_.format = imported_->format;
  info_.arguments = {imported_->input};
  for (const std::string& file : imported_->weight_files) {
    info_.weight_files.push_back(this->path().parent_path() / file);
  }
  info_.sample = network.output_shapes().front();
  for (const FileParameters::Tensor& tensor : parameters_.tensors) {
    info_.parameters.push_back(described(imported_->weights.parameters[tensor.parameter], tensor.name, true));
  }
  for (std::size_t i = 0; i < imported_->buffers.size(); ++i) {
    info_.buffers.push_back(described(imported_->weights.buffers[i], imported_->buffers[i].source, false));
  }
  for (const NodeKink& kink : network.kinks()) {
    add_once(info_.kinks, place_of(*imported_, this->path(), kink.node));
  }
}

std::unique_ptr<RunnableInstance> NetworkModel::prepare(at::ScalarType type) const {
  return std::make_unique<NetworkInstance>(path(), imported_, parameters_, type);
}

}  // namespace relu0
