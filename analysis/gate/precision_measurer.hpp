#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/comparison.hpp"
#include "analysis/gate/measure_settings.hpp"
#include "analysis/gate/site_table.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace relu0::gate {

/// What a mini-batch gave at one precision with the framework's own choices.
struct MeasuredPass {
  GradientList gradients{};
  std::unique_ptr<ScriptPass> pass{};  ///< null where nothing more is asked of it
};

/// One model at one precision, mini-batch after mini-batch.
class PrecisionMeasurer {
 public:
  /// The model and the table outlive the object. Throws what ScriptRunner does.
  PrecisionMeasurer(const RunnableModel& model, const MeasureSettings& settings, Precision precision,
                    SiteTable& sites);

  /// From the next mini-batch on these are compared. Called once, before the first.
  void compare_pairs(const std::vector<ValuePair>& pairs);

  /// Runs a mini-batch with the framework's own choices, counts the kinks that it meets, and compares each
  /// pair where a choice at its kink could matter: elsewhere the native pass proves that the gradients are
  /// the same. Choices act in the backward pass only, so that a pair takes two of these from the native
  /// pass's loss. The first choice of a pair whose gradients differ is held against the native pass or, where
  /// that chose otherwise, run a second time, as control. `exact`: the same
  /// mini-batch at fp64, against which the error is taken (TensorError); nullptr where no error is asked for.
  /// `pass`: whether the pass is given back, for that purpose. Throws what ScriptRunner::forward() and
  /// ScriptPass::backward() do.
  MeasuredPass measure(std::int64_t mini_batch, const ScriptBatch& batch, const MeasuredPass* exact,
                       GraphAfter pass = GraphAfter::released);

  [[nodiscard]] PrecisionResults& results() { return results_; }
  [[nodiscard]] ScriptRunner& runner() { return runner_; }
  /// Buffers and attributes that passes changed, each once.
  [[nodiscard]] const std::vector<std::string>& changed_state() const { return changed_state_; }
  /// Places of ScriptResult::steps, each once.
  [[nodiscard]] const std::vector<std::string>& steps() const { return steps_; }
  /// ScriptResult::shortened in words, each once: "to float16 by aten::_to_copy in fc1 (model.py:12:8)".
  [[nodiscard]] const std::vector<std::string>& shortened() const { return shortened_; }
  [[nodiscard]] bool used_random_numbers() const { return used_random_numbers_; }

 private:
  void compare(PairComparison& comparison, std::int64_t mini_batch, ScriptPass& pass,
               const ScriptResult& native);
  [[nodiscard]] std::optional<KinkOperation> most_moving(const ValuePair& pair, ScriptPass& pass,
                                                         const std::vector<SiteCensus>& sites,
                                                         const GradientList& a);
  void note_gradients(std::int64_t mini_batch, const GradientList& gradients);
  void note_errors(std::int64_t mini_batch, const MeasuredPass& exact, const ScriptPass& pass,
                   const GradientList& gradients);
  /// The gradients at fp64 on these branches.
  [[nodiscard]] GradientList along(const MeasuredPass& exact, const Branches& branches);

  Precision precision_;
  ScriptRunner runner_;
  SiteTable& sites_;
  PrecisionResults results_;
  std::vector<std::string> changed_state_;
  std::vector<std::string> steps_;
  std::vector<std::string> shortened_;
  bool used_random_numbers_ = false;
};

}  // namespace relu0::gate
