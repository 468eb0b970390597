#include "analysis/impact/protocols.hpp"
#include "analysis/torch/autograd_network.hpp"

#include <ATen/core/grad_mode.h>

namespace relu0 {

namespace {

class TwoNetworkComparer final : public MinibatchComparer {
 public:
  TwoNetworkComparer(const Network& network, const Arithmetic& arithmetic, const SweepOptions& options)
      : control_(network, arithmetic, options.choices_a(options.rules.front())) {
    for (const Rule rule : options.rules) {
      pairs_.push_back(
          {{network, arithmetic, options.choices_a(rule)}, {network, arithmetic, options.choices_b(rule)}});
    }
  }

  void set_weights(const LoadedWeights& weights) override {
    control_.set_weights(weights);
    for (Pair& pair : pairs_) {
      pair.a.set_weights(weights);
      pair.b.set_weights(weights);
    }
  }

  std::vector<MinibatchDifference> compare(const at::Tensor& inputs, const at::Tensor& labels,
                                           const Questions& questions) override {
    const at::AutoGradMode with_autograd(true);
    std::vector<MinibatchDifference> answers;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if (!questions[i]) {
        answers.emplace_back();
        continue;
      }
      pairs_[i].a.step(inputs, labels);
      pairs_[i].b.step(inputs, labels);
      answers.push_back(difference(pairs_[i].a.gradients(), pairs_[i].b.gradients(), *questions[i]));
    }
    return answers;
  }

  ControlAnswer control(const at::Tensor& inputs, const at::Tensor& labels) override {
    const at::AutoGradMode with_autograd(true);
    control_.step(inputs, labels);
    const MinibatchDifference between = difference(pairs_.front().a.gradients(), control_.gradients(), {});
    return {.differs = between.impacted, .first_layer_differs = between.first_layer_impacted};
  }

  [[nodiscard]] const KinkCensus* census() const override { return nullptr; }
  [[nodiscard]] std::int64_t hits_reached() const override { return 0; }

 private:
  struct Pair {
    AutogradNetwork a;
    AutogradNetwork b;
  };
  std::vector<Pair> pairs_;
  AutogradNetwork control_;
};

}  // namespace

std::unique_ptr<MinibatchComparer> two_network_comparer(const Network& network, const Arithmetic& arithmetic,
                                                        const SweepOptions& options) {
  return std::make_unique<TwoNetworkComparer>(network, arithmetic, options);
}

}  // namespace relu0
