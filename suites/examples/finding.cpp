// A finding with its verdict: does the gradient depend on ReLU'(0), at 16 and at 32 bits, for nearly every
// network?
#include <iostream>

#include <relu0/analysis.hpp>
#include <relu0/reports.hpp>

int main() {
  constexpr int networks = 40;
  constexpr int images = 512;
  const relu0::Network network = relu0::build(relu0::Mlp{.hidden_layers = 2, .width = 64});
  const relu0::Dataset digits = relu0::embedded_digits(relu0::Split::train);

  for (const relu0::Precision precision : {relu0::Precision::fp16, relu0::Precision::fp32}) {
    const relu0::SweepData data(digits, images, precision, relu0::Device::cpu);
    relu0::Sweeper sweeper(network, data,
                           {.precision = precision, .batch_size = 128, .rules = {relu0::Rule::chain_rule}});
    relu0::Proportion impacted{.successes = 0, .trials = networks};
    for (int seed = 0; seed < networks; ++seed) {
      const relu0::SweepOutcome outcome = sweeper.sweep(relu0::draw_weights(network, seed));
      impacted.successes += outcome.rules[0].impacted > 0 ? 1 : 0;
    }
    // Reproduced only where the exact interval of the share lies above 0.9, not reproduced where it lies
    // below.
    const relu0::Interval interval = relu0::clopper_pearson(impacted, 0.95);
    const relu0::Verdict verdict = relu0::interval_verdict(interval, {.above = 0.9, .below = 0.9});
    std::cout << relu0::name(precision) << ": the gradient of " << impacted.successes << " of "
              << impacted.trials << " networks depends on ReLU'(0), a share within [" << interval.low << ", "
              << interval.high << "]\n"
              << "  'nearly every network's does': " << relu0::name(verdict) << '\n';
  }
}
