#pragma once
#include <cstdint>

namespace relu0 {

/// Mixed precision as torch.cuda.amp's GradScaler does it: the loss is multiplied by a scale before the
/// backward pass, and the gradient divided by it, so that small gradients do not underflow at 16 bits. θ and
/// what the optimizer remembers are held in binary32; each pass computes with a copy of θ that is rounded to
/// the training's precision. A step whose gradient is not finite is left out and the scale multiplied by
/// `backoff`; after `interval` steps without one it is multiplied by `growth`. Whoever assigns a derivative
/// at kinks (Rule::published_code) assigns it to the scaled gradient, as a hook in a framework does. Unlike
/// under torch.autocast, which computes softmax, loss and batch statistics in binary32, all of a pass is
/// rounded to the training's precision.
struct LossScaling {
  double initial = 65'536;
  double growth = 2;
  double backoff = 0.5;
  std::int64_t interval = 2'000;

  bool operator==(const LossScaling&) const = default;
};

/// Where the scaling of a training's loss is.
struct LossScale {
  double scale = 1;
  std::int64_t good_steps = 0;  ///< since the scale changed
  std::int64_t skipped = 0;     ///< steps left out

  bool operator==(const LossScale&) const = default;
};

/// Throws InputError for a scale that is not a positive finite number, growth below 1, backoff that is not
/// between 0 and 1 and an interval below one step.
void check(const LossScaling& scaling);

/// Takes note of a step whose gradient was finite or not.
void note_step(const LossScaling& scaling, bool finite, LossScale& state);

}  // namespace relu0
