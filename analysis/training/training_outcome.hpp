#pragma once
#include "analysis/training/kink_flow.hpp"
#include "analysis/training/search/rate_search_outcome.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace relu0 {

/// What one epoch of a training was, or the part of it that was run before θ ceased to be finite. Means are
/// over the epoch's images or steps.
struct EpochOutcome {
  std::int64_t steps = 0;
  double learning_rate = 0;
  double train_loss = 0;      ///< of each mini-batch before its step, as training goes
  double train_accuracy = 0;  ///< likewise, with dropout and the mini-batches' own statistics
  double test_loss = 0;       ///< after the epoch's last step, without dropout, by running statistics
  double test_accuracy = 0;
  double gradient_norm = 0;  ///< mean ‖g‖₂ over the steps that were taken; NaN once a gradient is not finite
  std::int64_t skipped = 0;  ///< steps that loss scaling left out
  std::int64_t steps_with_kinks = 0;
  KinkFlow kinks{};  ///< of steps that loss scaling left out the counts alone, not the squares
};

/// Where in a training something was met: both count from 0.
struct TrainingPlace {
  std::int64_t epoch = 0;
  std::int64_t step = 0;  ///< of the epoch

  bool operator==(const TrainingPlace&) const = default;
};

/// What came of one training.
struct TrainingOutcome {
  std::vector<EpochOutcome> epochs;
  /// The first step whose loss was not a finite number. Without loss scaling nothing comes back from a NaN:
  /// the training ends there, its epoch evaluated as it is.
  std::optional<TrainingPlace> first_non_finite{};
  std::int64_t planned_epochs = 0;
  /// The control: the first steps taken a second time gave the same state, bit for bit.
  bool deterministic = true;
  std::vector<KinkFlow> first_steps;  ///< what the first steps met at kinks, one by one
  /// The search that found its learning rate; absent where it was given.
  std::optional<RateSearchOutcome> search{};

  /// After the last epoch that was run. Throws std::logic_error before the first one.
  [[nodiscard]] double final_test_accuracy() const;
};

/// The epoch that a training is in.
struct EpochInProgress {
  std::int64_t steps = 0;
  std::int64_t images = 0;
  std::int64_t correct = 0;
  double loss = 0;           ///< Σ over the images
  double gradient_norm = 0;  ///< Σ over the steps that were taken
  std::int64_t skipped = 0;
  std::int64_t steps_with_kinks = 0;
  KinkFlow kinks{};
};

}  // namespace relu0
