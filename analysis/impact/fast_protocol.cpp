#include "analysis/impact/hits_reached.hpp"
#include "analysis/impact/protocols.hpp"
#include "analysis/torch/same_bits.hpp"

namespace relu0 {

namespace {

/// Hits of kinks whose incoming gradient is not 0.
std::int64_t reached(const BackwardPass& backward) {
  std::int64_t count = 0;
  for (const KinkHits& hits : backward.forward().census().kinks) {
    count += hits_reached(backward, hits);
  }
  return count;
}

class FastComparer final : public MinibatchComparer {
 public:
  FastComparer(const Network& network, const Arithmetic& arithmetic, const SweepOptions& options)
      : options_(options),
        forward_(network, arithmetic, OfInput::skipped, options.compared_kinks()),
        again_(network, arithmetic, OfInput::skipped, options.compared_kinks()) {}

  void set_weights(const LoadedWeights& weights) override {
    forward_.set_weights(weights);
    again_.set_weights(weights);
  }

  std::vector<MinibatchDifference> compare(const at::Tensor& inputs, const at::Tensor& labels,
                                           const Questions& questions) override {
    std::vector<MinibatchDifference> answers(options_.rules.size());
    hits_reached_ = 0;
    if (forward_.run(inputs).total() == 0) {
      return answers;
    }
    forward_.complete(labels);
    const BackwardPass start(forward_, options_.choices_a(options_.rules.front()));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!questions[i]) {
        continue;
      }
      const BackwardPass a(forward_, options_.choices_a(options_.rules[i]), &start);
      const BackwardPass b(forward_, options_.choices_b(options_.rules[i]), &a);
      answers[i] = difference(a, b, *questions[i]);
      if (i == 0) {
        hits_reached_ = reached(b);
      }
    }
    return answers;
  }

  ControlAnswer control(const at::Tensor& inputs, const at::Tensor& labels) override {
    forward_.complete(labels);
    again_.run(inputs);
    again_.complete(labels);
    ControlAnswer answer;
    for (std::size_t i = 1; i + 1 < forward_.outputs().size() && !answer.differs; ++i) {
      answer.differs = !same_bits(forward_.outputs()[i], again_.outputs()[i]);
    }
    const KinkChoices same = options_.choices_a(options_.rules.front());
    const BackwardPass a(forward_, same);
    const BackwardPass b(again_, same);
    answer.first_layer_differs = !same_bits(a.parameter_gradient(0), b.parameter_gradient(0));
    answer.differs = answer.differs || answer.first_layer_differs;
    for (std::size_t i = 1; i < forward_.network().parameters().size() && !answer.differs; ++i) {
      answer.differs = !same_bits(a.parameter_gradient(i), b.parameter_gradient(i));
    }
    return answer;
  }

  [[nodiscard]] const KinkCensus* census() const override { return &forward_.census(); }
  [[nodiscard]] std::int64_t hits_reached() const override { return hits_reached_; }

 private:
  SweepOptions options_;
  ForwardPass forward_;
  ForwardPass again_;
  std::int64_t hits_reached_ = 0;
};

}  // namespace

std::unique_ptr<MinibatchComparer> fast_comparer(const Network& network, const Arithmetic& arithmetic,
                                                 const SweepOptions& options) {
  return std::make_unique<FastComparer>(network, arithmetic, options);
}

}  // namespace relu0
