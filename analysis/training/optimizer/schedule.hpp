#pragma once
#include <cstdint>
#include <string>
#include <variant>

namespace relu0 {

/// The learning rate stays as it is.
struct ConstantRate {
  bool operator==(const ConstantRate&) const = default;
};

/// It is multiplied by `factor` after every `epochs` epochs, as torch's StepLR does.
struct StepDecay {
  std::int64_t epochs = 30;
  double factor = 0.1;

  bool operator==(const StepDecay&) const = default;
};

/// Half a wave of a cosine from the rate down to 0 over the whole training, once an epoch: (1 + cos(π e / n))
/// / 2 of it in epoch e of n, as the closed form of torch's CosineAnnealingLR has it.
struct CosineDecay {
  bool operator==(const CosineDecay&) const = default;
};

/// How a learning rate changes from epoch to epoch.
using Schedule = std::variant<ConstantRate, StepDecay, CosineDecay>;

/// "constant", "cosine", "times 0.1 every 30 epochs".
std::string name(const Schedule& schedule);

/// The learning rate of an epoch, counted from 0, of a training of so many that begins with `rate`.
double rate_in(const Schedule& schedule, double rate, std::int64_t epoch, std::int64_t epochs);

/// Throws InputError for a step of less than one epoch, and a factor that is not finite or negative.
void check(const Schedule& schedule);

}  // namespace relu0
