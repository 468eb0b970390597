#include "suites/experiments/streams/conv_answer.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr Texts text{"conv-volume"};

using stream_study::Measured;
using stream_study::PublishedAt;

/// An arithmetic and a rule that may have been the published one.
struct Suspect {
  Precision precision;
  Rule rule;
};

constexpr std::array suspects{
    Suspect{Precision::fp32, Rule::chain_rule}, Suspect{Precision::tf32, Rule::chain_rule},
    Suspect{Precision::fp32, Rule::published_code}, Suspect{Precision::tf32, Rule::published_code}};

void add(Proportion& sum, const Proportion& term) {
  sum.successes += term.successes;
  sum.trials += term.trials;
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Which published results one suspect explains, and how many mini-batches it impacted.
struct Explained {
  std::vector<std::string> as_often;
  std::vector<std::string> too_rare;
  std::vector<std::string> open;
  Proportion minibatches;  ///< of all networks together
};

Explained explain(const std::vector<Measured>& all, const PublishedAt& published, const Suspect& suspect) {
  Explained result;
  for (const Measured& of : all) {
    if (of.precision != suspect.precision) {
      continue;
    }
    const Proportion rate = of.impacts.at(suspect.rule).rate();
    add(result.minibatches, rate);
    const double theirs = published(of.network, of.precision)->rate();
    const Verdict verdict = of.basis.deterministic ? verdict_rules::at_least_as_often(rate, theirs).verdict
                                                   : Verdict::inconclusive;
    auto& group = verdict == Verdict::reproduced       ? result.as_often
                  : verdict == Verdict::not_reproduced ? result.too_rare
                                                       : result.open;
    group.push_back(name(of.network));
  }
  return result;
}

std::string sentence(const Suspect& suspect, const Explained& explained) {
  std::vector<std::string> findings;
  if (!explained.as_often.empty()) {
    findings.push_back(text("suspect.as-often", "networks"_a = listed(explained.as_often)));
  }
  if (!explained.too_rare.empty()) {
    findings.push_back(text("suspect.too-rare", "networks"_a = listed(explained.too_rare)));
  }
  if (!explained.open.empty()) {
    findings.push_back(text("suspect.open", "networks"_a = listed(explained.open)));
  }
  const bool is_fp32 = suspect.precision == Precision::fp32;
  return text(suspect.rule == Rule::chain_rule
                  ? (is_fp32 ? "suspect.fp32-chain-rule" : "suspect.tf32-chain-rule")
                  : (is_fp32 ? "suspect.fp32-published-code" : "suspect.tf32-published-code"),
              "impacted"_a = wording::count(explained.minibatches), "findings"_a = fmt::join(findings, "; "));
}

/// The same architecture and arithmetic with batch-norm, or null.
const Measured* with_batch_norm(const std::vector<Measured>& all, const Measured& without) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Measured& of) {
    return of.network.batch_norm && of.network.architecture == without.network.architecture &&
           of.precision == without.precision;
  });
  return found == all.end() ? nullptr : &*found;
}

/// Where batch-norm makes impacts more or less frequent at 32 bits.
std::string batch_norm_sentence(const std::vector<Measured>& all) {
  std::vector<std::string> differences;
  for (const Measured& of : all) {
    const Measured* normalised = of.network.batch_norm ? nullptr : with_batch_norm(all, of);
    for (const Suspect& suspect : suspects) {
      if (normalised == nullptr || of.precision != suspect.precision) {
        continue;
      }
      const Proportion with = normalised->impacts.at(suspect.rule).rate();
      const Proportion without = of.impacts.at(suspect.rule).rate();
      const double p = fisher_exact(with, without);
      if (p < verdict_rules::level) {
        differences.push_back(text("batch-norm.difference", "network"_a = name(of.network),
                                   "precision"_a = name(suspect.precision), "rule"_a = name(suspect.rule),
                                   "with_it"_a = wording::fraction(with),
                                   "without"_a = wording::fraction(without), "p"_a = wording::p_value(p)));
      }
    }
  }
  return differences.empty() ? text("batch-norm.no-difference", "level"_a = verdict_rules::level)
                             : text("batch-norm.differences", "differences"_a = fmt::join(differences, "; "));
}

std::string control_sentence(const std::vector<Measured>& all, Device device) {
  std::vector<std::string> failed;
  for (const Measured& of : all) {
    if (!of.basis.deterministic) {
      failed.push_back(fmt::format("{} {}", name(of.network), name(of.precision)));
    }
  }
  if (!failed.empty()) {
    return text("control.failed", "networks"_a = listed(failed));
  }
  return text(device == Device::cpu ? "control.held-on-cpu" : "control.held");
}

/// The networks, and the range of their published mean indices at 32 bits.
struct PublishedIndices {
  std::set<std::string> networks;
  double earliest = std::numeric_limits<double>::infinity();
  double latest = 0;

  void add(const std::string& network, double index) {
    networks.insert(network);
    earliest = std::min(earliest, index);
    latest = std::max(latest, index);
  }
};

std::string conclusion(const std::vector<Explained>& explained, const PublishedIndices& indices,
                       Device device) {
  std::set<std::string> left = indices.networks;
  std::set<std::string> maybe;
  std::vector<std::string> counts;
  for (std::size_t i = 0; i < explained.size(); ++i) {
    counts.push_back(fmt::format("{} {} {} of {}", name(suspects[i].precision), name(suspects[i].rule),
                                 explained[i].as_often.size(), indices.networks.size()));
    for (const std::string& network : explained[i].as_often) {
      left.erase(network);
    }
    maybe.insert(explained[i].open.begin(), explained[i].open.end());
  }
  std::vector<std::string> sentences{
      text("answer.explained", "earliest"_a = indices.earliest, "latest"_a = indices.latest,
           "order"_a = verdict_rules::published_order, "counts"_a = fmt::join(counts, ", "))};
  std::vector<std::string> unexplained;
  std::vector<std::string> open;
  for (const std::string& network : left) {
    (maybe.contains(network) ? open : unexplained).push_back(network);
  }
  if (!unexplained.empty()) {
    sentences.push_back(text(device == Device::cpu ? "answer.unexplained-on-cpu" : "answer.unexplained",
                             "networks"_a = listed(unexplained)));
  }
  if (!open.empty()) {
    sentences.push_back(text("answer.open", "networks"_a = listed(open)));
  }
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace

std::string conv_answer(const std::vector<Measured>& all, const PublishedAt& published, Device device) {
  PublishedIndices indices;
  for (const Measured& of : all) {
    indices.add(name(of.network), published(of.network, Precision::fp32)->mean);
  }
  std::vector<Explained> explained;
  std::vector<std::string> sentences;
  for (const Suspect& suspect : suspects) {
    explained.push_back(explain(all, published, suspect));
    sentences.push_back(sentence(suspect, explained.back()));
  }
  sentences.push_back(batch_norm_sentence(all));
  sentences.push_back(control_sentence(all, device));
  return fmt::format("{} {}", conclusion(explained, indices, device), fmt::join(sentences, " "));
}

}  // namespace relu0
