#include "analysis/training/optimizer/loss_scaling.hpp"

#include "fixtures/error.hpp"

#include <cmath>

#include <fmt/format.h>

namespace relu0 {

void check(const LossScaling& scaling) {
  if (!std::isfinite(scaling.initial) || scaling.initial <= 0 || !std::isfinite(scaling.growth) ||
      scaling.growth < 1 || !(scaling.backoff > 0 && scaling.backoff < 1) || scaling.interval < 1) {
    throw InputError(fmt::format(
        "loss scaling from {} by {} and {} every {} steps: needs a positive finite scale, growth of at least "
        "1, backoff between 0 and 1 and an interval of at least one step",
        scaling.initial, scaling.growth, scaling.backoff, scaling.interval));
  }
}

void note_step(const LossScaling& scaling, bool finite, LossScale& state) {
  if (!finite) {
    state.scale *= scaling.backoff;
    state.good_steps = 0;
    ++state.skipped;
  } else if (++state.good_steps == scaling.interval) {
    state.scale *= scaling.growth;
    state.good_steps = 0;
  }
}

}  // namespace relu0
