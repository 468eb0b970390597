#include "suites/tests/reports/sample_claims.hpp"

#include "analysis/statistics/statistics.hpp"
#include "suites/tests/reports/support.hpp"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace relu0::test {

namespace {

constexpr std::array<std::pair<const char*, const char*>, 19> names_and_experiments{{
    {"fp16-systematic", "precision"},
    {"fp32-half", "precision"},
    {"fp64-none", "precision"},
    {"depth", "depth"},
    {"width", "width"},
    {"batch-size", "batch-size"},
    {"sample-size", "sample-size"},
    {"magnitude", "magnitude"},
    {"divergence", "divergence"},
    {"zone-shape", "zone-shape"},
    {"conv-volume", "conv-volume"},
    {"svhn-volume", "svhn-volume"},
    {"zero-counts", "zero-counts"},
    {"sgd-best-zero", ""},
    {"batch-norm-buffers", ""},
    {"adam-buffers", ""},
    {"imagenet", ""},
    {"dropout", ""},
    {"reals-negligible", "zero-origin"},
}};

Claim sample_claim(const std::string& id, const std::string& experiment) {
  return {.id = id,
          .name = "a few words on " + id,
          .sentence = "What the paper claims of " + id + ".",
          .published = "463/1000",
          .protocol = "MNIST, 60,000 images, mini-batches of 256.",
          .experiment = experiment,
          .absence = experiment.empty() ? "nothing here trains networks to the end yet" : ""};
}

/// A finding without a count, of the claim's own experiment.
Finding plain_finding(const std::string& claim, std::optional<Precision> precision, std::optional<Rule> rule,
                      Verdict verdict) {
  Finding finding;
  finding.id = claim;
  finding.setting = fmt::format("{}, {}", precision ? name(*precision) : "any precision",
                                rule ? name(*rule) : "whatever the rule");
  finding.claim = "what is judged of " + claim;
  finding.published = "1: 54/1000, 2: 258/1000, 3: 463/1000";
  finding.measured = "1: 2/24, 2: 7/24, 3: 11/24";
  finding.agreement = "Fisher's exact test: no level of 3 differs at level 0.05";
  finding.verdict = verdict;
  finding.why = "the share grows: p(increase) = 0.0004, 24 draws";
  finding.decision_rule = "exact permutation test for trend within draws; reproduced: p(increase) < 0.05";
  finding.source = "mnist_volume_by_layers.csv";
  finding.headline = rule.value_or(Rule::chain_rule) == Rule::chain_rule;
  finding.experiment = claim;
  finding.paper_claim = claim;
  finding.precision = precision;
  finding.rule = rule;
  return finding;
}

void add_findings(Results& results) {
  std::vector<Finding>& all = results.findings;
  for (const Rule rule : all_rules) {
    all.push_back(share_finding("fp16-systematic", Precision::fp16, rule, 24, 24, Verdict::reproduced));
    all.push_back(share_finding("fp16-systematic", Precision::bf16, rule, 24, 24, Verdict::measured));
    all.push_back(share_finding("fp32-half", Precision::tf32, rule, 20, 24, Verdict::measured));
    all.push_back(share_finding("fp32-half", Precision::fp32, rule, 11, 24, Verdict::reproduced));
    all.push_back(share_finding("fp64-none", Precision::fp64, rule, 0, 24, Verdict::inconclusive));
    all.push_back(plain_finding("depth", Precision::fp32, rule, Verdict::reproduced));
    all.push_back(plain_finding("width", Precision::fp32, rule, Verdict::reproduced));
    all.push_back(plain_finding("batch-size", Precision::fp32, rule, Verdict::not_reproduced));
    all.push_back(plain_finding("magnitude", Precision::fp32, rule, Verdict::measured));
    all.push_back(plain_finding("divergence", Precision::fp32, rule, Verdict::reproduced));
    all.push_back(plain_finding("conv-volume", Precision::fp32, rule,
                                rule == Rule::chain_rule ? Verdict::not_reproduced : Verdict::reproduced));
    all.push_back(plain_finding("svhn-volume", Precision::fp32, rule, Verdict::not_run));
  }
  Finding both_rules = plain_finding("magnitude", Precision::fp16, std::nullopt, Verdict::measured);
  both_rules.headline = false;
  all.push_back(both_rules);
  all.push_back(plain_finding("zone-shape", Precision::fp32, std::nullopt, Verdict::reproduced));
  all.push_back(plain_finding("zone-shape", Precision::fp64, std::nullopt, Verdict::reproduced));
  all.push_back(plain_finding("reals-negligible", std::nullopt, std::nullopt, Verdict::reproduced));
  Finding beyond = plain_finding("", Precision::fp32, Rule::chain_rule, Verdict::reproduced);
  beyond.id = "s-within-rounding";
  beyond.experiment = "reference-error";
  all.push_back(beyond);
  Finding rate = plain_finding("", Precision::fp32, Rule::chain_rule, Verdict::not_reproduced);
  rate.id = "kernels";
  rate.experiment = "kernels";
  all.push_back(rate);
  all.front().recorded = "1000/1000 (100.0 %)";
  all.front().recorded_verdict = Verdict::reproduced;
}

Figure shares_by_precision() {
  FigureSeries ours{
      .label = "measured here", .published = false, .points = {}, .group = "share", .joined = false};
  FigureSeries published = ours;
  published.label = "published";
  published.published = true;
  ours.points = {{.x = 0, .y = 1, .low = 0.86, .high = 1},
                 {.x = 1, .y = 1, .low = 0.86, .high = 1},
                 {.x = 3, .y = 0.46, .low = 0.26, .high = 0.67},
                 {.x = 4, .y = 0, .low = 0, .high = 0.14}};
  published.points = {{.x = 0, .y = 1, .low = 0.996, .high = 1},
                      {.x = 3, .y = 0.463, .low = 0.43, .high = 0.49},
                      {.x = 4, .y = 0, .low = 0, .high = 0.004}};
  Figure figure;
  figure.id = "precision";
  figure.experiment = "precision";
  figure.title = "Share of networks whose gradient depends on s";
  figure.caption = "Bars: 95 % intervals.";
  figure.x.label = "precision";
  figure.x.categories = {"fp16", "bf16", "tf32", "fp32", "fp64"};
  figure.y = {.label = "share of networks", .logarithmic = false, .low = 0, .high = 1};
  figure.series = {ours, published};
  figure.headline = true;
  return figure;
}

}  // namespace

Finding share_finding(const std::string& claim, Precision precision, Rule rule, int impacted, int networks,
                      Verdict verdict) {
  const Proportion share{impacted, networks};
  Finding finding;
  finding.id = claim;
  finding.setting = fmt::format("{}, {}, mlp-3x256", name(precision), name(rule));
  finding.claim = "the gradient depends on s, as " + claim + " says";
  finding.published = "463/1000";
  finding.measured = fmt::format("{}/{} ({:.1f} %)", impacted, networks, 100.0 * impacted / networks);
  finding.interval = clopper_pearson(share, 0.95);
  finding.agreement = "Fisher p = 0.62: no difference shown";
  finding.verdict = verdict;
  finding.why = "the interval says so";
  finding.decision_rule = "the 95 % Clopper-Pearson interval lies inside";
  finding.source = "mnist_volume_by_layers.csv";
  finding.headline = rule == Rule::chain_rule && verdict != Verdict::measured;
  finding.experiment = "precision";
  finding.paper_claim = claim;
  finding.precision = precision;
  finding.rule = rule;
  return finding;
}

Results sample_claims() {
  Results results;
  for (const auto& [id, experiment] : names_and_experiments) {
    results.claims.push_back(sample_claim(id, experiment));
  }
  for (const char* id :
       {"precision", "depth", "width", "batch-size", "sample-size", "magnitude", "divergence", "zone-shape",
        "conv-volume", "svhn-volume", "zero-counts", "reference-error", "zero-origin", "kernels"}) {
    results.experiments.push_back({.id = id,
                                   .title = fmt::format("The experiment {}", id),
                                   .summary = "What was done, in a paragraph.",
                                   .answer = ""});
  }
  results.experiments.back().answer = "The kernel decides.";
  add_findings(results);
  const Results drawn = sample_results();
  results.figures = {shares_by_precision(), drawn.figures.front(), drawn.figures.front()};
  results.figures.back().id = "depth-again";
  results.heat_maps = {drawn.heat_maps.front(), noisy_filled_contours()};
  results.heat_maps.front().experiment = "reference-error";
  results.heat_maps.back().experiment = "zone-shape";
  // Two tables of one title, as those of counts are.
  results.tables = {drawn.tables.front(), drawn.tables.front()};
  results.tables.back().id = "zeros-by-width";
  results.tables.back().experiment = "width";
  results.notes = {"fp16 was emulated.", "MNIST was not found: the images are embedded ones."};
  return results;
}

}  // namespace relu0::test
