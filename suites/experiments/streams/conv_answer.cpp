#include "suites/experiments/streams/conv_answer.hpp"

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

using stream_study::Measured;
using stream_study::PublishedAt;

/// An arithmetic and a rule that may have been the published one.
struct Suspect {
  Precision precision;
  Rule rule;
  const char* words;
};

constexpr std::array suspects{
    Suspect{Precision::fp32, Rule::chain_rule, "True fp32 under the chain rule"},
    Suspect{Precision::tf32, Rule::chain_rule, "TF32 under the chain rule"},
    Suspect{Precision::fp32, Rule::published_code, "The published code's rule in true fp32"},
    Suspect{Precision::tf32, Rule::published_code, "The published code's rule in TF32"}};

void add(Proportion& sum, const Proportion& term) {
  sum.successes += term.successes;
  sum.trials += term.trials;
}

std::string listed(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

/// What one suspect explains.
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
  std::vector<std::string> parts;
  const auto add_part = [&](const char* words, const std::vector<std::string>& networks) {
    if (!networks.empty()) {
      parts.push_back(fmt::format("{} for {}", words, listed(networks)));
    }
  };
  add_part("of the published order", explained.as_often);
  add_part("certainly too rare", explained.too_rare);
  add_part("still open", explained.open);
  return fmt::format("{}: {} mini-batches impacted, {}.", suspect.words,
                     wording::count(explained.minibatches), fmt::join(parts, "; "));
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
  std::vector<std::string> parts;
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
        parts.push_back(fmt::format("{} {} {}: {} with it, {} without (Fisher's exact p = {})",
                                    name(of.network), name(suspect.precision), name(suspect.rule),
                                    wording::fraction(with), wording::fraction(without),
                                    wording::p_value(p)));
      }
    }
  }
  return parts.empty() ? fmt::format(
                             "Batch-norm: no difference in the rate of impacted mini-batches shown at level "
                             "{} in any of these.",
                             verdict_rules::level)
                       : fmt::format("Batch-norm changes the rate of impacted mini-batches: {}.",
                                     fmt::join(parts, "; "));
}

std::string control_sentence(const std::vector<Measured>& all, Device device) {
  std::vector<std::string> failed;
  for (const Measured& of : all) {
    if (!of.basis.deterministic) {
      failed.push_back(fmt::format("{} {}", name(of.network), name(of.precision)));
    }
  }
  if (!failed.empty()) {
    return fmt::format(
        "Nondeterminism: the same s run twice gave different bits for {}, where no difference can be put "
        "down "
        "to s.",
        listed(failed));
  }
  return device == Device::cpu
             ? "Nondeterminism: none here, every control gave the same bits; what a GPU's kernels add cannot "
               "be seen on a CPU."
             : "Nondeterminism: none here, every control gave the same bits.";
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
  std::string text = fmt::format(
      "Of the published results at 32 bits (mean index of the first impacted mini-batch {:g} to {:g}; "
      "explained where impacts are at least {} times as frequent) these explain: {}.",
      indices.earliest, indices.latest, verdict_rules::published_order, fmt::join(counts, ", "));
  std::vector<std::string> unexplained;
  std::vector<std::string> open;
  for (const std::string& network : left) {
    (maybe.contains(network) ? open : unexplained).push_back(network);
  }
  if (!unexplained.empty()) {
    text +=
        fmt::format(" No arithmetic and no rule measured here explains {}{}.", listed(unexplained),
                    device == Device::cpu
                        ? ", which leaves the GPU's own kernels and their nondeterminism, without a control "
                          "in the published protocol"
                        : "");
  }
  if (!open.empty()) {
    text += fmt::format(" For {} more mini-batches are needed to tell.", listed(open));
  }
  return text;
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
