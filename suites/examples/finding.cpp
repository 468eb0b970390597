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
    const relu0::verdict_rules::Decision decision = relu0::verdict_rules::nearly_all(impacted);
    std::cout << relu0::name(precision) << ": " << impacted.successes << " of " << impacted.trials
              << " networks have a mini-batch whose gradient depends on ReLU'(0)\n"
              << "  'nearly every network': " << relu0::name(decision.verdict) << " (" << decision.why
              << ")\n"
              << "  rule: " << decision.rule << '\n';
  }
}
