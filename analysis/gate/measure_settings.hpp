#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/gate/measured.hpp"
#include "analysis/gate/reference/reference_errors.hpp"
#include "analysis/gate/self_test/faulty_gradient.hpp"
#include "analysis/torchscript/script_pass.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace relu0::gate {

/// What a gate measures of a model.
struct MeasureSettings {
  std::string inputs = "the inputs";  ///< what messages call the file or data set of the mini-batches
  /// The number among all mini-batches of the one that alone is measured; absent: all are.
  std::optional<std::int64_t> replayed{};
  ScriptLoss loss = ScriptLoss::cross_entropy;
  GradientOf gradient_of = GradientOf::parameters;
  std::optional<std::size_t> output{};  ///< ScriptSettings::output
  std::vector<Precision> precisions{};
  /// Empty: usual_pair() of each kink that the model has.
  std::vector<ValuePair> pairs{};
  std::vector<LuckKind> luck{};
  /// Whether gradients are held against those at fp64, which every mini-batch then runs at too.
  bool errors = true;
  /// On so many mini-batches luck is measured, the first ones.
  std::int64_t luck_mini_batches = 1;
  /// Threads of the run that is compared with the one of a single thread; at least 2.
  int other_threads = 2;
  std::uint64_t seed = 0;
  /// On so many mini-batches, the first ones, gradients are held against the reference.
  std::int64_t reference_mini_batches = 0;
  /// The reference takes the first so many samples of each, which LibTorch then runs by themselves too.
  std::int64_t reference_samples = 4;
  /// Multiplications of one forward pass over these samples beyond which the reference is not begun; absent:
  /// however many there are.
  std::optional<double> reference_work{};
  ReferenceLimits reference_limits{};
  /// Whether the kinks that no mini-batch met are probed.
  bool probe_kinks = false;
  /// What the self-test puts into the gradients.
  std::optional<GradientFault> fault{};

  [[nodiscard]] ScriptSettings at(Precision precision,
                                  ScriptExecutor executor = ScriptExecutor::plain) const {
    return {.precision = precision,
            .loss = loss,
            .gradient_of = gradient_of,
            .executor = executor,
            .output = output,
            .seed = seed,
            .gradient_hook = fault && fault->precision == precision ? hook_of(fault->kind) : GradientHook{}};
  }
};

}  // namespace relu0::gate
