#include "analysis/impact/protocols.hpp"
#include "analysis/torch/same_bits.hpp"

namespace relu0 {

namespace {

/// Exact zeros at ReLUs whose incoming gradient is not 0.
std::int64_t reached(const BackwardPass& backward) {
  const ForwardPass& forward = backward.forward();
  std::int64_t count = 0;
  for (const std::size_t relu : forward.network().relus()) {
    // A ReLU whose gradient was not computed has no parameter before it, so its zeros cannot have an effect.
    if (forward.zeros_at(relu) > 0 && backward.at_output(relu).defined()) {
      const at::Tensor at_zeros = backward.at_output(relu).masked_select(forward.input_of(relu).eq(0));
      count += at_zeros.ne(0).sum().item<std::int64_t>();
    }
  }
  return count;
}

class FastComparer final : public MinibatchComparer {
 public:
  FastComparer(const Network& network, const Arithmetic& arithmetic, const SweepOptions& options)
      : options_(options), forward_(network, arithmetic), again_(network, arithmetic) {}

  void set_weights(const LoadedWeights& weights) override {
    forward_.set_weights(weights);
    again_.set_weights(weights);
  }

  std::vector<MinibatchDifference> compare(const at::Tensor& inputs, const at::Tensor& labels,
                                           const Questions& questions) override {
    std::vector<MinibatchDifference> answers(options_.rules.size());
    zeros_reached_ = 0;
    if (forward_.run(inputs).total() == 0) {
      return answers;
    }
    forward_.complete(labels);
    const BackwardPass start(forward_, {options_.s_a, options_.rules.front()});
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!questions[i]) {
        continue;
      }
      const BackwardPass a(forward_, {options_.s_a, options_.rules[i]}, &start);
      const BackwardPass b(forward_, {options_.s_b, options_.rules[i]}, &a);
      answers[i] = difference(a, b, *questions[i]);
      if (i == 0) {
        zeros_reached_ = reached(b);
      }
    }
    return answers;
  }

  bool is_deterministic(const at::Tensor& inputs, const at::Tensor& labels) override {
    forward_.complete(labels);
    again_.run(inputs);
    again_.complete(labels);
    for (std::size_t i = 1; i + 1 < forward_.outputs().size(); ++i) {
      if (!same_bits(forward_.outputs()[i], again_.outputs()[i])) {
        return false;
      }
    }
    const ReluAtZero same{options_.s_a, options_.rules.front()};
    const BackwardPass a(forward_, same);
    const BackwardPass b(again_, same);
    for (std::size_t i = 0; i < forward_.network().parameters().size(); ++i) {
      if (!same_bits(a.parameter_gradient(i), b.parameter_gradient(i))) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] const ZeroCensus* zeros() const override { return &forward_.zeros(); }
  [[nodiscard]] std::int64_t zeros_reached() const override { return zeros_reached_; }

 private:
  SweepOptions options_;
  ForwardPass forward_;
  ForwardPass again_;
  std::int64_t zeros_reached_ = 0;
};

}  // namespace

std::unique_ptr<MinibatchComparer> fast_comparer(const Network& network, const Arithmetic& arithmetic,
                                                 const SweepOptions& options) {
  return std::make_unique<FastComparer>(network, arithmetic, options);
}

}  // namespace relu0
