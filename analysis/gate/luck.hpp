#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/comparison.hpp"
#include "analysis/gate/measure_settings.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// Why a kind of luck cannot be measured with these mini-batches, this loss and this model, which is tried
/// out where the number of samples changes: a sentence; empty where it can.
std::string why_not_measurable(LuckKind kind, const ScriptBatch& batch, const MeasureSettings& settings,
                               const ModelInfo& model, bool draws_random_numbers, ScriptRunner& runner);

/// Tells luck from what matters in exact arithmetic, on one mini-batch at fp32 and fp64, which run once
/// however many kinds are asked about. What rounding changes is proportional to the unit roundoff, so 2^-29
/// times as much at fp64; what has another reason is as much. Between them lies their geometric mean,
/// 2^-14.5.
class LuckTrial {
 public:
  /// All outlive the object. Nothing runs yet.
  LuckTrial(const RunnableModel& model, const ScriptBatch& batch, const MeasureSettings& settings,
            bool draws_random_numbers);
  ~LuckTrial();
  LuckTrial(const LuckTrial&) = delete;
  LuckTrial& operator=(const LuckTrial&) = delete;
  LuckTrial(LuckTrial&&) = delete;
  LuckTrial& operator=(LuckTrial&&) = delete;

  /// Why a kind is no luck: a sentence with the tensor and how far its gradient moves at fp64. Time series
  /// with time first, graphs whose nodes are not samples, and losses that compare samples by their places
  /// have no samples along the first dimension; of a model that draws random numbers, call 4 may draw others
  /// under the optimising executor than call 1. Empty where it may be luck, or where the model does not run
  /// at fp64.
  std::string why_no_luck(LuckKind kind);

 private:
  struct AtPrecision;
  /// The tensor that the kind of luck moves most at fp32 or fp64, on the same branches; absent where it
  /// fails.
  std::optional<TensorChange> largest_change(LuckKind kind, Precision precision);

  const RunnableModel& model_;
  const ScriptBatch& batch_;
  const MeasureSettings& settings_;
  bool draws_random_numbers_;
  std::unique_ptr<AtPrecision> at_fp32_;
  std::unique_ptr<AtPrecision> at_fp64_;
};

/// Runs one mini-batch again with what must not matter changed, and notes what did. `gradients`: those of
/// PrecisionMeasurer::measure() for it.
///
/// - repeat: by the same runner;
/// - calls: call 1 against call 4 under TorchScript's own executor, which profiles and then may fuse in
///   between; without optimisation where the precision is emulated. A call that fails is Luck::failure;
/// - threads: one thread against settings.other_threads;
/// - permuted: the samples in reverse order; gradients of inputs are put back in order;
/// - split: the two halves of the mini-batch, their gradients weighted by the targets that count in them,
/// since the losses are means.
///
/// Where threads, order or halves put inputs on another side of a kink, changes are those on the same sides:
/// the gradient of the first run on the branches of the second. How many there were is Luck::other_branches.
/// `rounding`: rounding_of() the precision; changes beyond it are held against what the gradients add up too.
void measure_luck(Luck& luck, std::int64_t mini_batch, const ScriptBatch& batch,
                  const GradientList& gradients, const RunnableModel& model, ScriptRunner& runner,
                  Precision precision, double rounding, const MeasureSettings& settings);

}  // namespace relu0::gate
