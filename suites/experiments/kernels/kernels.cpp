#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/experiments/kernels/kernel_study.hpp"
#include "suites/experiments/kernels/kernel_tables.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::experiment::kernels {

namespace common = experiments_common;

namespace {

constexpr const char* id = "kernels";
constexpr Texts text{"kernels"};

using kernel_study::OfKernel;
using kernel_study::Subject;

Measurements measurements() {
  Measurements result;
  for (const Subject& subject : kernel_study::subjects()) {
    const Measurements of_subject = as_measurements(subject.measurements());
    result.insert(result.end(), of_subject.begin(), of_subject.end());
  }
  return result;
}

/// What is counted in a draw, and what it is called.
struct Quantity {
  std::string name;
  std::string in_words;
  std::function<std::int64_t(const SweepOutcome&)> count;
  std::optional<Rule> rule{};  ///< that it is counted under
};

std::vector<Quantity> quantities() {
  return {
      {"zeros", text("quantity.zeros"), [](const SweepOutcome& draw) { return draw.minibatches_with_zeros; }},
      {std::string(name(Rule::chain_rule)), text("quantity.chain-rule"),
       [](const SweepOutcome& draw) { return kernel_study::impacted_minibatches(draw, Rule::chain_rule); },
       Rule::chain_rule},
      {std::string(name(Rule::published_code)), text("quantity.published-code"),
       [](const SweepOutcome& draw) {
         return kernel_study::impacted_minibatches(draw, Rule::published_code);
       },
       Rule::published_code}};
}

std::string measured_text(const std::vector<OfKernel>& kernels, const kernel_study::Homogeneity& found) {
  if (found.rates.empty()) {
    return text("finding.nothing-measured");
  }
  const std::vector<const OfKernel*> own = kernel_study::with_own_bits(kernels);
  const auto rarer = [](const Proportion& a, const Proportion& b) { return a.estimate() < b.estimate(); };
  const auto lowest = std::min_element(found.rates.begin(), found.rates.end(), rarer);
  const auto highest = std::max_element(found.rates.begin(), found.rates.end(), rarer);
  const auto kernel_of = [&](auto rate) {
    return own.at(static_cast<std::size_t>(rate - found.rates.begin()))->kernel;
  };
  return text("finding.measured", "lowest"_a = wording::fraction(*lowest),
              "lowest_kernel"_a = kernel_of(lowest), "highest"_a = wording::fraction(*highest),
              "highest_kernel"_a = kernel_of(highest), "own"_a = own.size(), "kernels"_a = kernels.size(),
              "together"_a = wording::count(found.together()));
}

/// How a run at its own scale gets all of them.
constexpr const char* full_command = "relu0 run kernels --networks 50 --minibatches 40";

/// That some kernels have the same rate does not say that all have; that they differ does say that some do.
verdict_rules::Decision of_some_kernels(verdict_rules::Decision decision, std::int64_t left_out) {
  if (left_out > 0 && decision.verdict != Verdict::not_reproduced) {
    decision.why =
        text("finding.left-out", "why"_a = decision.why, "kernels"_a = left_out, "command"_a = full_command);
    decision.verdict = decision.verdict == Verdict::not_run ? Verdict::not_run : Verdict::inconclusive;
  }
  return decision;
}

/// basis: of the findings but for the kernels' controls.
void append_findings(const Subject& subject, const std::vector<OfKernel>& kernels, const Basis& basis,
                     std::int64_t left_out, Results& results) {
  Basis of_all = basis;
  for (const OfKernel& kernel : kernels) {
    of_all = of_all.and_also(kernel.basis);
  }
  of_all.selected = basis.selected;
  for (const Quantity& quantity : quantities()) {
    const kernel_study::Homogeneity found = kernel_study::homogeneity(kernels, quantity.count);
    Finding finding = common::finding(
        {.id = id,
         .experiment = id,
         .claim = text("claim.title", "quantity"_a = quantity.in_words),
         .published = subject.published.in_words,
         .source = subject.published.source,
         .precision = subject.setting.precision,
         .rule = quantity.rule},
        fmt::format("{}, {}", name(subject.setting.network), quantity.name), found.together(), of_all,
        of_some_kernels(verdict_rules::independent_of_kernel(found.p, found.rates, found.networks),
                        left_out));
    if (left_out > 0 && finding.outlook && finding.outlook->only_at_planned_number) {
      finding.why =
          text("finding.left-out", "why"_a = finding.why, "kernels"_a = left_out, "command"_a = full_command);
    }
    finding.measured = measured_text(kernels, found);
    finding.agreement = text("finding.agreement");
    results.findings.push_back(std::move(finding));
  }
}

/// Which kernels come to which verdict on the published figure.
std::string claim_sentence(const Subject& subject, const std::vector<OfKernel>& kernels, Rule rule) {
  std::map<Verdict, std::vector<std::string>> by_verdict;
  for (const OfKernel& kernel : kernels) {
    const Verdict verdict = kernel.claim(subject.published, rule).verdict;
    if (verdict != Verdict::not_run) {
      by_verdict[verdict].push_back(kernel.kernel);
    }
  }
  std::vector<std::string> listed;
  for (const auto& [verdict, of_verdict] : by_verdict) {
    listed.push_back(fmt::format("{} with {}", name(verdict), fmt::join(of_verdict, ", ")));
  }
  const std::string verdicts = by_verdict.empty() ? text("answer.none-judged")
                               : by_verdict.size() == 1
                                   ? text("answer.same", "verdict"_a = name(by_verdict.begin()->first))
                                   : text("answer.depends", "verdict_list"_a = fmt::join(listed, "; "));
  return text("answer.claim", "network"_a = name(subject.setting.network), "rule"_a = name(rule),
              "published"_a = subject.published.in_words, "verdicts"_a = verdicts);
}

/// Whether the rate of zeros still depends on the library once the bias comes last; absent where fewer than
/// two such kernels have bits of their own.
std::optional<std::string> bias_last_sentence(const Subject& subject, const std::vector<OfKernel>& kernels) {
  std::vector<OfKernel> last;
  std::copy_if(kernels.begin(), kernels.end(), std::back_inserter(last),
               [](const OfKernel& kernel) { return kernel.kernel.starts_with("bias-last"); });
  const kernel_study::Homogeneity found = kernel_study::homogeneity(last, quantities().front().count);
  if (found.rates.size() < 2) {
    return std::nullopt;
  }
  const std::vector<const OfKernel*> own = kernel_study::with_own_bits(last);
  std::vector<std::string> rates;
  for (std::size_t i = 0; i < own.size(); ++i) {
    rates.push_back(fmt::format("{} {}", own[i]->kernel, wording::fraction(found.rates[i])));
  }
  return text(found.p < verdict_rules::level ? "answer.bias-last-differs" : "answer.bias-last-alike",
              "network"_a = name(subject.setting.network), "rates"_a = fmt::join(rates, ", "),
              "p"_a = wording::p_value(found.p));
}

void conclude(const Evidence& evidence, Results& results) {
  std::vector<std::string> sentences;
  std::int64_t all_left_out = 0;
  for (const Subject& subject : kernel_study::subjects()) {
    const std::int64_t left_out = kernel_study::left_out(subject, evidence.settings());
    all_left_out += left_out;
    const std::vector<OfKernel> kernels = kernel_study::measured(subject, evidence);
    const bool selected = evidence.settings().measures_other_kernels() &&
                          evidence.selected_all(as_measurements(subject.measurements()));
    append_findings(subject, kernels,
                    {.selected = selected, .without_data = evidence.without_data(subject.setting.data)},
                    left_out, results);
    if (std::none_of(kernels.begin(), kernels.end(), [](const OfKernel& of) { return !of.draws.empty(); })) {
      continue;
    }
    for (const Rule rule : all_rules) {
      sentences.push_back(claim_sentence(subject, kernels, rule));
    }
    if (const auto sentence = bias_last_sentence(subject, kernels)) {
      sentences.push_back(*sentence);
    }
    results.figures.push_back(kernel_study::figure_of(subject, kernels));
    results.tables.push_back(kernel_study::table_of(subject, kernels));
  }
  if (sentences.empty()) {
    sentences.push_back(text("answer.not-measured"));
  }
  if (all_left_out > 0) {
    sentences.push_back(text("answer.left-out", "kernels"_a = all_left_out, "command"_a = full_command));
  }
  common::set_answer(results, id, fmt::format("{}", fmt::join(sentences, " ")));
}

constexpr Experiment definition{.id = id, .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::kernels

const relu0::Experiment& relu0::kernels_experiment() { return experiment::kernels::definition; }
