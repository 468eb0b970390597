#pragma once
#include "reports/model/finding.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// One of the paper's nineteen claims, as a report answers it. Texts are plain (writers escape them).
struct Claim {
  std::string id;          ///< "fp32-half": unique, and what Finding::paper_claim names
  std::string name;        ///< a few words for a row of a matrix: "about half of the networks at 32 bits"
  std::string sentence;    ///< what the paper claims
  std::string published;   ///< the published figure
  std::string protocol;    ///< how that was measured, with its extent (images, mini-batches, epochs)
  std::string experiment;  ///< the experiment that measures it; empty: there is none yet
  std::string absence;     ///< why nothing measures it; empty where an experiment does

  bool operator==(const Claim&) const = default;
};

/// What the headline findings of a claim (those that name it as their paper_claim) come to together:
/// not reproduced if one is, else inconclusive if one is, else reproduced if one is, else measured if one is,
/// else not run. A claim without a headline finding is not run.
Verdict verdict_of(const Claim& claim, const std::vector<Finding>& findings);

}  // namespace relu0
