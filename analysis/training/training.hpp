#pragma once
#include "analysis/kernels/kernel_choice.hpp"
#include "analysis/machine/device.hpp"
#include "analysis/training/optimizer/loss_scaling.hpp"
#include "analysis/training/optimizer/optimizer_options.hpp"
#include "analysis/training/optimizer/schedule.hpp"
#include "analysis/training/score.hpp"
#include "analysis/training/training_outcome.hpp"
#include "analysis/training/training_state.hpp"
#include "fixtures/data/streams/batch_source.hpp"
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/network.hpp"
#include "fixtures/network/precision.hpp"
#include "fixtures/network/weights/weights.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What a training is, besides its network, θ, mini-batches and seed.
struct TrainingOptions {
  Precision precision = Precision::fp32;  ///< of each pass
  Device device = Device::cpu;
  KernelChoice kernel{};
  DerivativeChoice relu{};  ///< s, and the rule that applies it
  OptimizerOptions optimizer = SgdOptions{};
  double learning_rate = 0.01;
  Schedule schedule = ConstantRate{};
  std::int64_t epochs = 1;
  /// Mixed precision. Without it θ and what the optimizer remembers are held as passes see them: at fp16 and
  /// bf16 a training is purely in that format.
  std::optional<LossScaling> loss_scaling{};
  std::int64_t control_steps = 3;   ///< the first ones, taken twice
  std::int64_t traced_steps = 200;  ///< the first ones, whose KinkFlow is kept one by one
};

/// All that a training needs to go on, and what it has found so far.
struct TrainingSnapshot {
  TrainingState state;
  EpochInProgress epoch;
  TrainingOutcome outcome;
  std::vector<Score> scores{};  ///< Training::scores()
};

/// One line of what a training is.
struct IdentityField {
  std::string name;   ///< "learning rate"
  std::string value;  ///< "0.01"

  bool operator==(const IdentityField&) const = default;
};

/// A training of a network from θ to the last epoch, step by step. Its outcome is a function of the
/// constructor's arguments, bit for bit: it does not depend on when it was interrupted and restored, since
/// the mini-batches, their transforms and the masks of dropouts are functions of (seed, epoch or step,
/// element). The network's batch-norms, in training mode, gather running statistics for its evaluation;
/// dropouts are left out there.
///
/// Not thread-safe: one per thread.
class Training {
 public:
  /// train: the mini-batches of the steps, epoch after epoch. test: those that each epoch ends by
  /// classifying. Network and sources must outlive the training. Throws InputError for options out of range,
  /// θ or images that do not fit the network, and a network without loss.
  Training(const Network& network, const Weights& weights, const BatchSource& train, const BatchSource& test,
           std::uint64_t seed, const TrainingOptions& options);
  ~Training();
  Training(Training&& other) noexcept;
  Training& operator=(Training&& other) noexcept;

  /// Whether all epochs were run, or the training ended in a NaN.
  [[nodiscard]] bool finished() const;
  /// Takes one step, and at an epoch's end evaluates the network. Throws what making a mini-batch throws.
  /// It must not be finished.
  void step();

  /// Classifies the test mini-batches now, besides at the epochs' ends, and keeps the score. No step depends
  /// on it. Throws what making a mini-batch throws.
  Score score();
  /// What score() returned so far, in order.
  [[nodiscard]] const std::vector<Score>& scores() const;

  [[nodiscard]] const TrainingOutcome& outcome() const;
  [[nodiscard]] const EpochInProgress& epoch_in_progress() const;
  /// Steps taken so far, and in all.
  [[nodiscard]] std::int64_t steps() const;
  [[nodiscard]] std::int64_t planned_steps() const;
  /// θ as it is now, exact.
  [[nodiscard]] Weights weights() const;

  /// All that its outcome depends on, a checksum of θ at the start among it.
  [[nodiscard]] const std::vector<IdentityField>& identity() const;
  [[nodiscard]] TrainingSnapshot snapshot() const;
  /// Goes on from a snapshot of a training of the same identity. Throws InputError, and stays as it is, for
  /// one whose tensors or counts do not fit.
  void restore(TrainingSnapshot snapshot);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace relu0
