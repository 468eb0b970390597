#pragma once
#include "suites/experiments/training/training_study.hpp"

#include <functional>
#include <string>

namespace relu0::training_study {

/// A claim on trainings, in one condition or between two, under each rule.
struct Claim {
  std::string id;  ///< of the finding
  std::string experiment;
  std::string paper_claim;  ///< an id of suites/claims/paper_claims.toml
  std::string sentence;
  std::string published;
  std::string source;
  std::string setting;  ///< what it is about, without precision and rule
  Precision precision = Precision::fp32;
  bool headline = false;  ///< under the chain rule
  verdict_rules::Reach reach;
  std::string left_out;  ///< what is said where the run leaves it out: left_out_text()
  std::function<Basis(Rule)> basis;
  std::function<verdict_rules::Decision(Rule)> decide;
  std::function<std::string(Rule)> measured;             ///< effect sizes
  std::function<std::vector<double>(Rule)> differences;  ///< whose mean's interval the finding shows
};

/// Appends the claim's two findings. With less than the published reach "reproduced" stands as what shorter
/// trainings show, and nothing is refuted.
void append(const Claim& claim, Results& results);

}  // namespace relu0::training_study
