#pragma once
#include "reports/model/results.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace relu0 {

/// What a report answers to "does backpropagation depend on ReLU'(0)?", in two plain sentences made of the
/// results alone.
struct Answer {
  /// At which precisions the gradient of the paper's network depends on s, from the headline findings of the
  /// claims fp16-systematic, fp32-half and fp64-none. "Yes" takes an interval that lies above 0. Where none
  /// of these was measured: the verdicts on the claims that were, the shares of other networks and
  /// precisions, and what else was measured that does not decide its claim, with what would. Without claims,
  /// and findings that were held against a published figure, what the experiments answer, where each does.
  std::string dependence;
  /// How many claims came out how; of a store from before there were claims, how many findings did. Empty
  /// where the experiments answer.
  std::string claims;
};

Answer answer(const Results& results);

}  // namespace relu0
