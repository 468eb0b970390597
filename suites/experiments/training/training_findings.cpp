#include "suites/experiments/training/training_findings.hpp"

#include "analysis/statistics/mean_interval.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/training/text.hpp"

#include <utility>

#include <fmt/format.h>

namespace relu0::training_study {

namespace {

namespace common = experiments_common;

}  // namespace

void append(const Claim& claim, Results& results) {
  const auto held = [&claim](Rule rule) {
    return verdict_rules::held_against(claim.decide(rule), claim.reach, Verdict::reproduced);
  };
  common::BothRules decisions{held(Rule::chain_rule), held(Rule::published_code)};
  // What the chain rule shows is said beside the published code where the run was to show it.
  if (claim.basis(Rule::chain_rule).selected_or_left_out()) {
    decisions = common::marked(std::move(decisions));
  }
  for (const Rule rule : all_rules) {
    const Basis basis = claim.basis(rule);
    Finding finding =
        common::finding({.id = claim.id,
                         .experiment = claim.experiment,
                         .claim = claim.sentence,
                         .published = claim.published,
                         .source = claim.source,
                         .paper_claim = claim.paper_claim,
                         .precision = claim.precision,
                         .rule = rule},
                        fmt::format("{}, {}", common::setting(claim.precision, rule), claim.setting), {},
                        basis, decisions.of(rule));
    finding.measured = claim.measured(rule);
    if (const std::vector<double> differences = claim.differences(rule);
        finding.verdict != Verdict::not_run && !differences.empty()) {
      finding.interval = mean_interval(differences, verdict_rules::confidence);
    }
    if (finding.verdict == Verdict::not_run && !basis.left_out.empty() && basis.without_data.empty()) {
      finding.why = claim.left_out;
    }
    finding.agreement = text("agreement");
    finding.headline = claim.headline && rule == Rule::chain_rule;
    results.findings.push_back(std::move(finding));
  }
}

}  // namespace relu0::training_study
