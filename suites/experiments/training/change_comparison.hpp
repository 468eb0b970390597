#pragma once
#include "suites/experiments/training/training_study.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Claims that s changes the accuracy less in one condition than in another.
namespace relu0::training_study {

struct ChangePair {
  Condition larger;   ///< where the change is claimed to be larger
  Condition smaller;  ///< where it is claimed to be smaller; s is among the levels of both
  double s = 1;       ///< whose accuracy is held against that of s = 0
};

struct ChangeClaim {
  std::string id;  ///< of the findings, and of the paper's claim
  std::string experiment;
  std::string sentence;
  std::string published;
  std::optional<std::int64_t> published_epochs;  ///< absent: that is not published, and any number will do
};

/// The conditions of all pairs, each once.
std::vector<Condition> conditions_of(const std::vector<ChangePair>& pairs);

/// Appends findings, figures and tables. alone: further conditions to show, that no claim is about.
void conclude_changes(const ChangeClaim& claim, const std::vector<ChangePair>& pairs,
                      const Evidence& evidence, Results& results, const std::vector<Trained>& alone = {});

}  // namespace relu0::training_study
