#pragma once
#include "reports/model/results.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace relu0 {

/// A claim that has no verdict, since none of its headline findings was run, though others of its findings
/// were: at a precision that the claim is not judged at, say.
struct MeasuredBeside {
  std::size_t claim = 0;                 ///< its place in Results::claims
  std::vector<std::size_t> findings{};   ///< places in Results::findings of those that were run
  std::vector<std::size_t> headlines{};  ///< of those that decide the claim; never empty
};

/// In the order of the claims.
std::vector<MeasuredBeside> measured_beside(const Results& results);

/// What was measured, where the claim is judged, and the command that measures that: "“s = 0 trains best” was
/// measured at fp16 (inconclusive under the chain rule), but is judged at fp32, which was not run: `relu0 run
/// sgd-sweep --only precision=fp32` measures it".
std::string in_words(const MeasuredBeside& one, const Results& results);

}  // namespace relu0
