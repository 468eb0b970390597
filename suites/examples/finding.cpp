// A finding with its verdict: does the gradient depend on ReLU'(0) for nearly every network, as it is drawn,
// and with 98 % of the weights of its first layer pruned? A neuron that sees black pixels only where it has
// weights is exactly 0.
#include <iostream>

#include <relu0/analysis.hpp>
#include <relu0/reports.hpp>

int main() {
  constexpr int networks = 40;
  constexpr auto precision = relu0::Precision::fp32;
  const relu0::Network network =
      relu0::NetworkBuilder({1, 28, 28}).linear(64, /*bias=*/false).relu().linear(10).cross_entropy();
  const relu0::SweepData data(relu0::embedded_digits(relu0::Split::train), 256, precision,
                              relu0::Device::cpu);
  relu0::Sweeper sweeper(network, data, {.precision = precision, .batch_size = 64});

  for (const bool pruned : {false, true}) {
    relu0::Proportion impacted{.successes = 0, .trials = networks};
    for (int seed = 0; seed < networks; ++seed) {
      relu0::Weights weights = relu0::draw_weights(network, seed);
      std::vector<double> values = weights.parameters[0].values.to_doubles();
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = pruned && i % 50 != 0 ? 0 : values[i];
      }
      weights.parameters[0].values = values;
      impacted.successes += sweeper.sweep(weights).rules[0].impacted > 0 ? 1 : 0;
    }
    // Reproduced only where the exact interval of the share lies above 0.9, not reproduced where it lies
    // below.
    const relu0::Interval interval = relu0::clopper_pearson(impacted, 0.95);
    std::cout << (pruned ? "pruned: " : "as drawn: ") << impacted.successes << " of " << networks
              << " networks have a gradient that depends on ReLU'(0), a share within [" << interval.low
              << ", " << interval.high << "]\n  'nearly every network has': "
              << relu0::name(relu0::interval_verdict(interval, {.above = 0.9, .below = 0.9})) << '\n';
  }
}
