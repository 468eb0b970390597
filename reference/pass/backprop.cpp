#include "reference/pass/backprop.hpp"

#include "fixtures/error.hpp"
#include "reference/arithmetic/parallel.hpp"
#include "reference/pass/check_arguments.hpp"
#include "reference/pass/equal_numbers.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace relu0::reference {

namespace {

std::vector<Tensor> exactly(int bits, const std::vector<TensorValues>& tensors) {
  std::vector<Tensor> result;
  result.reserve(tensors.size());
  for (const TensorValues& tensor : tensors) {
    tensor.values.visit([&](auto values) { result.emplace_back(bits, tensor.shape, values); });
  }
  return result;
}

/// The tensors of `all` that belong to a node; they lie side by side.
std::span<const Tensor> of_node(std::size_t node, const std::vector<TensorSpec>& specs,
                                const std::vector<Tensor>& all) {
  std::size_t first = 0;
  while (first < specs.size() && specs[first].node != node) {
    ++first;
  }
  std::size_t last = first;
  while (last < specs.size() && specs[last].node == node) {
    ++last;
  }
  return std::span(all).subspan(first, last - first);
}

ProductOptions with_workspace(ProductOptions options) {
  if (!options.workspace) {
    options.workspace = make_product_workspace();
  }
  return options;
}

Shape batched(std::int64_t batch, const Shape& shape) {
  Shape result{batch};
  result.insert(result.end(), shape.begin(), shape.end());
  return result;
}

class Pass {
 public:
  Pass(const Network& network, const Weights& weights, const BatchView& batch, const BackpropOptions& options,
       const MakeLayer& make)
      : network_{network},
        options_{options},
        product_{with_workspace(options.product)},
        parameters_{exactly(options.bits, weights.parameters)},
        buffers_{exactly(options.bits, weights.buffers)},
        outputs_(network.nodes().size()),
        ties_(network.nodes().size()),
        open_windows_(network.nodes().size()),
        layers_(network.nodes().size()),
        gradients_(network.nodes().size()),
        equal_(network, batch, [this](std::size_t node, std::int64_t element) {
          return certain_sign((*outputs_[input_of(node)])[element]);
        }) {
    std::visit(
        [&](const auto& inputs) {
          outputs_[0].emplace(options.bits, batched(batch.size, batch.shape), inputs);
        },
        batch.inputs);
    for (std::size_t node = 1; node < network.nodes().size(); ++node) {
      LayerContext context{.bits = options.bits,
                           .batch = batch.size,
                           .product = product_,
                           .kinks = options.kinks,
                           .input_shapes = {},
                           .output_shape = network.output_shapes()[node],
                           .parameters = of_node(node, network.parameters(), parameters_),
                           .buffers = of_node(node, network.buffers(), buffers_),
                           .labels = batch.labels,
                           .node = node,
                           .dropout = options.dropout,
                           .same_number = {}};
      const std::size_t before = network.nodes()[node].inputs.front();
      context.same_number = [this, before](std::int64_t a, std::int64_t b) {
        const std::vector<std::int64_t>& labels = equal_.labels(before);
        return labels[static_cast<std::size_t>(a)] == labels[static_cast<std::size_t>(b)];
      };
      for (const std::size_t input : network.nodes()[node].inputs) {
        context.input_shapes.push_back(network.output_shapes()[input]);
      }
      layers_[node] = make(network.nodes()[node], context);
    }
  }

  Backprop run() {
    forward();
    Backprop result;
    if (options_.gradients) {
      backward();
      result.parameters = std::move(parameter_gradients_);
      result.input = std::move(*gradients_[0]);
    }
    result.loss = std::move(*outputs_.back());
    for (const NodeKink& kink : network_.kinks()) {
      if (kink.place.point) {
        find_hits(*kink.place.point, *outputs_[input_of(kink.node)], result);
      } else {
        result.hits.push_back(ties_[kink.node]);
        result.open_kinks.push_back(open_windows_[kink.node]);
      }
    }
    take_kink_inputs(result);
    result.dropout = options_.dropout;
    return result;
  }

 private:
  [[nodiscard]] std::size_t input_of(std::size_t node) const { return network_.nodes()[node].inputs[0]; }

  static void find_hits(double point, const Tensor& values, Backprop& result) {
    std::int64_t hits = 0;
    std::vector<std::int64_t> open;
    for (std::int64_t i = 0; i < values.size(); ++i) {
      const std::optional<int> at = side(values[i], point);
      hits += at == 0 ? 1 : 0;
      if (!at) {
        open.push_back(i);
      }
    }
    result.hits.push_back(hits);
    result.open_kinks.push_back(std::move(open));
  }

  void take_kink_inputs(Backprop& result) {
    std::map<std::size_t, std::size_t> taken;  // node → which of the kink inputs holds its output
    for (const NodeKink& kink : network_.kinks()) {
      const bool is_new = result.kink_inputs.empty() || result.kink_inputs.back().node != kink.node;
      if (!kink.place.point || !is_new) {
        continue;
      }
      const std::size_t input = input_of(kink.node);
      const auto [known, first] = taken.try_emplace(input, result.kink_inputs.size());
      Tensor values = first ? std::move(*outputs_[input]) : result.kink_inputs[known->second].values.copy();
      result.kink_inputs.push_back({.node = kink.node, .values = std::move(values)});
    }
  }

  [[nodiscard]] LayerInputs inputs_of(std::size_t node) const {
    LayerInputs result;
    for (const std::size_t input : network_.nodes()[node].inputs) {
      result.push_back(&*outputs_[input]);
    }
    return result;
  }

  void forward() {
    for (std::size_t node = 1; node < layers_.size(); ++node) {
      LayerOutput output = layers_[node]->forward(inputs_of(node));
      ties_[node] = output.ties;
      open_windows_[node] = std::move(output.open_windows);
      outputs_[node] = std::move(output.values);
    }
  }

  void backward() {
    std::vector<std::vector<Tensor>> by_node(layers_.size());
    gradients_.back() = network_.has_loss() ? Tensor(options_.bits, Shape{}) : output_gradient();
    for (std::size_t node = layers_.size() - 1; node > 0; --node) {
      if (!gradients_[node]) {
        // Nothing that leads to the loss uses this node's output.
        gradients_[node].emplace(options_.bits, outputs_[node]->shape());
      }
      LayerGradients result = layers_[node]->backward(inputs_of(node), *gradients_[node]);
      gradients_[node].reset();
      layers_[node].reset();
      by_node[node] = std::move(result.parameters);
      for (std::size_t i = 0; i < result.inputs.size(); ++i) {
        accumulate(network_.nodes()[node].inputs[i], std::move(result.inputs[i]));
      }
    }
    for (std::vector<Tensor>& gradients : by_node) {
      for (Tensor& gradient : gradients) {
        parameter_gradients_.push_back(std::move(gradient));
      }
    }
  }

  [[nodiscard]] Tensor output_gradient() const {
    const Tensor& output = *outputs_.back();
    Tensor gradient = options_.output_gradient(output);
    if (gradient.bits() != options_.bits || gradient.size() != output.size()) {
      throw InputError(fmt::format(
          "the output gradient of network '{}' has {} values of {} bits; its output has {} of {} bits",
          network_.name(), gradient.size(), gradient.bits(), output.size(), options_.bits));
    }
    for (std::int64_t i = 0; i < gradient.size(); ++i) {
      if (!gradient.is_regular(i) && !gradient.is_zero(i)) {
        throw InputError(
            fmt::format("the output gradient of network '{}' is not finite at index {}", network_.name(), i));
      }
    }
    gradient.reshape(output.shape());
    // Others may be added to it.
    gradient.make_room_for_radii();
    return gradient;
  }

  void accumulate(std::size_t node, Tensor gradient) {
    std::optional<Tensor>& sum = gradients_[node];
    if (!sum) {
      sum = std::move(gradient);
      return;
    }
    const Radius together = sum->joint_radius() + gradient.joint_radius();
    constexpr std::int64_t grain = 4096;
    parallel_for(options_.product.threads, sum->size(), grain, [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t i = first; i < last; ++i) {
        Tensor::Slot slot = sum->slot(i);
        sum->set_radius(i, ball::add(slot, {slot, sum->radius(i)}, gradient[i]));
      }
    });
    sum->set_joint_radius(together + joint_rounding(*sum));
  }

  const Network& network_;
  const BackpropOptions& options_;
  ProductOptions product_;
  std::vector<Tensor> parameters_;
  std::vector<Tensor> buffers_;
  std::vector<std::optional<Tensor>> outputs_;
  std::vector<std::int64_t> ties_;
  std::vector<std::vector<std::int64_t>> open_windows_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<std::optional<Tensor>> gradients_;
  std::vector<Tensor> parameter_gradients_;
  EqualNumbers equal_;  ///< asked for ties of max-pools that are not exact
};

}  // namespace

const KinkInput& Backprop::kink_input(std::size_t node) const {
  const auto found = std::find_if(kink_inputs.begin(), kink_inputs.end(),
                                  [node](const KinkInput& known) { return known.node == node; });
  if (found == kink_inputs.end()) {
    throw std::logic_error("a node without a kink at a point");
  }
  return *found;
}

Backprop backprop(const Network& network, const Weights& weights, const BatchView& batch,
                  const BackpropOptions& options, const MakeLayer& make) {
  check_arguments(network, weights, batch, options);
  return Pass(network, weights, batch, options, make).run();
}

}  // namespace relu0::reference
