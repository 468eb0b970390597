#include "suites/tests/suites/gate/gate_support.hpp"

#include <algorithm>
#include <iterator>

namespace relu0::gate::test {

std::vector<Check> checks_of(const Judgement& judgement, const std::string& rule) {
  std::vector<Check> result;
  std::copy_if(judgement.checks.begin(), judgement.checks.end(), std::back_inserter(result),
               [&rule](const Check& check) { return check.rule == rule; });
  return result;
}

std::string verdict_of(const Judgement& judgement, const std::string& rule) {
  const std::vector<Check> checks = checks_of(judgement, rule);
  // Checks stand in the order of their verdicts.
  return checks.empty() ? "none" : std::string(name(checks.front().verdict));
}

Policy policy_with(const std::string& limits) {
  return parse_policy("version = 1\n[limits]\n" + limits + "\n", "relu0.toml");
}

std::string troubles(const Judgement& judgement) {
  std::string result = judgement.headline + "\n";
  for (const Check& check : judgement.checks) {
    if (check.verdict != CheckVerdict::pass) {
      result += identity(check) + ": " + check.message + "\n";
    }
  }
  return result;
}

}  // namespace relu0::gate::test
