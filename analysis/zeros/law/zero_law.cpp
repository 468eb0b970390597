#include "analysis/zeros/law/zero_law.hpp"

#include "analysis/torch/batch_tensors.hpp"
#include "analysis/torch/loaded_weights.hpp"
#include "analysis/torch/pass.hpp"
#include "analysis/zeros/law/element_grid.hpp"
#include "analysis/zeros/minibatches_in_order.hpp"
#include "fixtures/error.hpp"

#include <cmath>
#include <optional>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

namespace relu0 {

namespace {

double root_mean_square(const std::vector<double>& values) {
  double squares = 0;
  std::int64_t finite = 0;
  for (const double value : values) {
    if (std::isfinite(value)) {
      squares += value * value;
      ++finite;
    }
  }
  return finite == 0 ? 0 : std::sqrt(squares / static_cast<double>(finite));
}

class LawOfLayers {
 public:
  LawOfLayers(const Network& network, const Weights& weights, const ZeroLawOptions& options)
      : forward_(network, {options.precision, options.device, options.kernel}) {
    forward_.set_weights({network, weights, forward_.arithmetic()});
    for (const std::size_t relu : network.nodes_with(Kink::relu)) {
      const std::size_t input = network.nodes()[relu].inputs.front();
      if (has_grid(network, input)) {
        layers_.push_back({.name = network.nodes()[relu].name, .input = input, .window = {}});
      }
    }
    if (layers_.empty()) {
      throw InputError(fmt::format(
          "the network '{}' has no ReLU right after a linear layer, a convolution or a sum of them, for "
          "which alone there is a law of exact zeros; choose one without batch-norm",
          network.name()));
    }
  }

  void look_at(const Batch& batch) {
    const at::Tensor inputs = to_tensors(batch, forward_.network(), forward_.arithmetic()).inputs;
    if (outcome_.minibatches == 0) {
      const std::vector<std::int64_t> zeros = zeros_of(forward_.run(inputs));
      outcome_.deterministic = zeros == zeros_of(forward_.run(inputs));
    } else {
      forward_.run(inputs);
    }
    ++outcome_.minibatches;
    outcome_.images += batch.size();
    for (Layer& layer : layers_) {
      look_at(layer);
    }
  }

  ZeroLawOutcome finish() {
    for (const Layer& layer : layers_) {
      outcome_.layers.push_back({.layer = layer.name, .statistics = layer.window->finish()});
    }
    return std::move(outcome_);
  }

 private:
  struct Layer {
    std::string name;
    std::size_t input;
    std::optional<ZeroWindow> window;
  };

  static std::vector<std::int64_t> zeros_of(const KinkCensus& census) {
    std::vector<std::int64_t> zeros;
    for (const KinkHits& hits : census.kinks) {
      zeros.insert(zeros.end(), hits.per_sample.begin(), hits.per_sample.end());
    }
    return zeros;
  }

  void look_at(Layer& layer) const {
    const std::unique_ptr<ElementGrid> grid = element_grid(forward_, layer.input);
    const std::vector<double> values = to_doubles(forward_.outputs()[layer.input]);
    if (!layer.window) {
      layer.window.emplace(window_share * root_mean_square(values), grid->most_cells());
    }
    layer.window->look_at(std::ssize(values));
    const double half_width = layer.window->half_width();
    for (std::size_t i = 0; i < values.size(); ++i) {
      // NaN compares false.
      if (!(std::abs(values[i]) <= half_width)) {
        continue;
      }
      const ElementGrid::Element element = grid->at(static_cast<std::int64_t>(i));
      if (values[i] == 0) {
        layer.window->add_zero(element.structural);
      } else if (element.spacing > 0) {
        layer.window->add(values[i], element.spacing);
      }
    }
  }

  ForwardPass forward_;
  std::vector<Layer> layers_;
  ZeroLawOutcome outcome_;
};

}  // namespace

ZeroLawOutcome zero_law(const Network& network, const Weights& weights, const Dataset& dataset,
                        const ZeroLawOptions& options) {
  const at::NoGradGuard no_autograd;
  LawOfLayers law(network, weights, options);
  for_each_minibatch(dataset, options.images, options.batch_size, "count zeros", [&law](const Batch& batch) {
    law.look_at(batch);
    return true;
  });
  return law.finish();
}

}  // namespace relu0
