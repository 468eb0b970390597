#include "analysis/protocols.hpp"
#include "analysis/same_bits.hpp"

namespace relu0 {

namespace {

class FastJudge final : public MinibatchJudge {
 public:
  FastJudge(const Network& network, const Arithmetic& arithmetic, const SweepOptions& options)
      : options_(options), forward_(network, arithmetic), again_(network, arithmetic) {}

  void set_weights(const LoadedWeights& weights) override {
    forward_.set_weights(weights);
    again_.set_weights(weights);
  }

  std::vector<MinibatchDifference> judge(const at::Tensor& inputs, const at::Tensor& labels,
                                         const std::vector<DifferenceQuestions>& questions) override {
    std::vector<MinibatchDifference> answers(options_.rules.size());
    if (forward_.run(inputs).total() == 0) {
      return answers;
    }
    forward_.complete(labels);
    const BackwardPass start(forward_, {options_.s_a, options_.rules.front()});
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const BackwardPass a(forward_, {options_.s_a, options_.rules[i]}, &start);
      const BackwardPass b(forward_, {options_.s_b, options_.rules[i]}, &a);
      answers[i] = difference(a, b, questions[i]);
    }
    return answers;
  }

  bool is_deterministic(const at::Tensor& inputs, const at::Tensor& labels) override {
    for (ForwardPass* pass : {&forward_, &again_}) {
      pass->run(inputs);
      pass->complete(labels);
    }
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

 private:
  SweepOptions options_;
  ForwardPass forward_;
  ForwardPass again_;
};

}  // namespace

std::unique_ptr<MinibatchJudge> fast_judge(const Network& network, const Arithmetic& arithmetic,
                                           const SweepOptions& options) {
  return std::make_unique<FastJudge>(network, arithmetic, options);
}

}  // namespace relu0
