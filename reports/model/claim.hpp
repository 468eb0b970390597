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
/// else not run. A claim without a headline finding is not run. Reproduced is a claim as a whole: where a
/// headline was not run it is inconclusive instead, and not_run_in_words() says what is missing.
Verdict verdict_of(const Claim& claim, const std::vector<Finding>& findings);

/// Which headline findings of a claim were not run, and why, where others were: "“fp64, chain-rule” (not
/// selected)". Empty where all or none was run.
std::string not_run_in_words(const Claim& claim, const std::vector<Finding>& findings);

/// Whether the claim is inconclusive for these alone: each headline that was run reproduces it, or is
/// measured without a published figure.
bool is_reproduced_in_part(const Claim& claim, const std::vector<Finding>& findings);

}  // namespace relu0
