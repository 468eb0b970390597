#include "suites/experiments/streams/conv_answer.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr Texts answer_text{"conv-volume"};

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

/// Which published results one suspect explains with one kernel, and how many mini-batches it impacted.
struct Explained {
  std::string kernel{};
  std::vector<std::string> as_often{};
  std::vector<std::string> too_rare{};
  std::vector<std::string> open{};
  Proportion minibatches{};  ///< of all networks together

  [[nodiscard]] std::size_t networks() const { return as_often.size() + too_rare.size() + open.size(); }
};

/// A suspect with every kernel that it was measured with, the run's first.
struct SuspectExplained {
  Suspect suspect;
  std::vector<Explained> kernels;
};

SuspectExplained explain(const std::vector<Measured>& all, const PublishedAt& published, Suspect suspect) {
  SuspectExplained result{suspect, {}};
  for (const Measured& of : all) {
    if (of.precision != suspect.precision) {
      continue;
    }
    auto with_kernel = std::find_if(result.kernels.begin(), result.kernels.end(),
                                    [&](const Explained& known) { return known.kernel == of.kernel; });
    if (with_kernel == result.kernels.end()) {
      with_kernel = result.kernels.insert(result.kernels.end(), Explained{.kernel = of.kernel});
    }
    const Proportion rate = of.impacts.at(suspect.rule).rate();
    add(with_kernel->minibatches, rate);
    const double theirs = published(of.network, of.precision)->rate();
    const Verdict verdict = of.basis.deterministic
                                ? verdict_rules::at_least_as_often(rate, theirs, of.basis.sampling).verdict
                                : Verdict::inconclusive;
    auto& group = verdict == Verdict::reproduced       ? with_kernel->as_often
                  : verdict == Verdict::not_reproduced ? with_kernel->too_rare
                                                       : with_kernel->open;
    group.push_back(name(of.network));
  }
  return result;
}

std::string in_words(const Explained& explained) {
  std::vector<std::string> findings;
  if (!explained.as_often.empty()) {
    findings.push_back(answer_text("suspect.as-often", "networks"_a = listed(explained.as_often)));
  }
  if (!explained.too_rare.empty()) {
    findings.push_back(answer_text("suspect.too-rare", "networks"_a = listed(explained.too_rare)));
  }
  if (!explained.open.empty()) {
    findings.push_back(answer_text("suspect.open", "networks"_a = listed(explained.open)));
  }
  const Interval interval = clopper_pearson(explained.minibatches, verdict_rules::confidence);
  return answer_text("suspect.kernel", "kernel"_a = explained.kernel,
                     "impacted"_a = wording::count(explained.minibatches),
                     "interval"_a = wording::interval(interval), "findings"_a = fmt::join(findings, ", "));
}

std::string sentence(const SuspectExplained& explained) {
  std::vector<std::string> kernels;
  std::transform(explained.kernels.begin(), explained.kernels.end(), std::back_inserter(kernels), in_words);
  const Suspect& suspect = explained.suspect;
  const bool is_fp32 = suspect.precision == Precision::fp32;
  return answer_text(suspect.rule == Rule::chain_rule
                         ? (is_fp32 ? "suspect.fp32-chain-rule" : "suspect.tf32-chain-rule")
                         : (is_fp32 ? "suspect.fp32-published-code" : "suspect.tf32-published-code"),
                     "kernels"_a = fmt::join(kernels, "; "));
}

/// Where one kernel impacts mini-batches as often as published and another certainly does not, everything
/// else being the same.
std::string kernel_sentence(const std::vector<SuspectExplained>& all) {
  std::vector<std::string> differences;
  for (const SuspectExplained& explained : all) {
    std::map<std::string, std::array<std::vector<std::string>, 2>> by_network;
    for (const Explained& kernel : explained.kernels) {
      for (const std::string& network : kernel.as_often) {
        by_network[network][0].push_back(kernel.kernel);
      }
      for (const std::string& network : kernel.too_rare) {
        by_network[network][1].push_back(kernel.kernel);
      }
    }
    for (const auto& [network, kernels] : by_network) {
      if (!kernels[0].empty() && !kernels[1].empty()) {
        differences.push_back(answer_text(
            "kernel.difference", "network"_a = network, "precision"_a = name(explained.suspect.precision),
            "rule"_a = name(explained.suspect.rule), "as_often"_a = listed(kernels[0]),
            "too_rare"_a = listed(kernels[1])));
      }
    }
  }
  return differences.empty()
             ? answer_text("kernel.no-difference")
             : answer_text("kernel.differences", "differences"_a = fmt::join(differences, "; "));
}

/// The same architecture and arithmetic with batch-norm, or null.
const Measured* with_batch_norm(const std::vector<Measured>& all, const Measured& without) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const Measured& of) {
    return of.by_run_kernel && of.network.batch_norm &&
           of.network.architecture == without.network.architecture && of.precision == without.precision;
  });
  return found == all.end() ? nullptr : &*found;
}

/// Where batch-norm makes impacts more or less frequent at 32 bits.
std::string batch_norm_sentence(const std::vector<Measured>& all) {
  std::vector<std::string> differences;
  for (const Measured& of : all) {
    const Measured* normalised =
        of.network.batch_norm || !of.by_run_kernel ? nullptr : with_batch_norm(all, of);
    for (const Suspect& suspect : suspects) {
      if (normalised == nullptr || of.precision != suspect.precision) {
        continue;
      }
      const Proportion with = normalised->impacts.at(suspect.rule).rate();
      const Proportion without = of.impacts.at(suspect.rule).rate();
      const double p = fisher_exact(with, without);
      if (p < verdict_rules::level) {
        differences.push_back(answer_text(
            "batch-norm.difference", "network"_a = name(of.network), "precision"_a = name(suspect.precision),
            "rule"_a = name(suspect.rule), "with_it"_a = wording::fraction(with),
            "without"_a = wording::fraction(without), "p"_a = wording::p_value(p)));
      }
    }
  }
  return differences.empty()
             ? answer_text("batch-norm.no-difference", "level"_a = verdict_rules::level)
             : answer_text("batch-norm.differences", "differences"_a = fmt::join(differences, "; "));
}

std::string in_words(const Measured& of) {
  return fmt::format("{} {}{}", name(of.network), name(of.precision),
                     of.by_run_kernel ? "" : fmt::format(" ({})", of.kernel));
}

std::string control_sentence(const std::vector<Measured>& all, Device device) {
  std::vector<std::string> failed;
  for (const Measured& of : all) {
    if (!of.basis.deterministic) {
      failed.push_back(in_words(of));
    }
  }
  if (!failed.empty()) {
    return answer_text("control.failed", "networks"_a = listed(failed));
  }
  return answer_text(device == Device::cpu ? "control.held-on-cpu" : "control.held");
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
  /// "2.73 to 14.74"
  [[nodiscard]] std::string in_words() const {
    return earliest == latest ? fmt::format("{:g}", latest) : fmt::format("{:g} to {:g}", earliest, latest);
  }
};

std::string conclusion(const std::vector<SuspectExplained>& all, const PublishedIndices& indices,
                       Device device) {
  std::set<std::string> left = indices.networks;
  std::set<std::string> maybe;
  std::vector<std::string> counts;
  for (const SuspectExplained& explained : all) {
    for (const Explained& kernel : explained.kernels) {
      counts.push_back(fmt::format("{} {} {} {} of {}", name(explained.suspect.precision),
                                   name(explained.suspect.rule), kernel.kernel, kernel.as_often.size(),
                                   kernel.networks()));
      for (const std::string& network : kernel.as_often) {
        left.erase(network);
      }
      maybe.insert(kernel.open.begin(), kernel.open.end());
    }
  }
  std::vector<std::string> sentences{answer_text("answer.explained", "indices"_a = indices.in_words(),
                                                 "order"_a = verdict_rules::published_order,
                                                 "counts"_a = fmt::join(counts, ", "))};
  std::vector<std::string> unexplained;
  std::vector<std::string> open;
  for (const std::string& network : left) {
    (maybe.contains(network) ? open : unexplained).push_back(network);
  }
  if (!unexplained.empty()) {
    sentences.push_back(
        answer_text(device == Device::cpu ? "answer.unexplained-on-cpu" : "answer.unexplained",
                    "networks"_a = listed(unexplained)));
  }
  if (!open.empty()) {
    sentences.push_back(answer_text("answer.open", "networks"_a = listed(open)));
  }
  return fmt::format("{}", fmt::join(sentences, " "));
}

}  // namespace

std::string conv_answer(const std::vector<Measured>& all, const PublishedAt& published, Device device) {
  std::vector<Measured> made;
  std::vector<std::string> left_out;
  for (const Measured& of : all) {
    if (of.basis.selected) {
      made.push_back(of);
    } else {
      left_out.push_back(in_words(of));
    }
  }
  PublishedIndices indices;
  for (const Measured& of : made) {
    if (storage_bits(of.precision) == 32) {
      indices.add(name(of.network), published(of.network, Precision::fp32)->mean);
    }
  }
  std::vector<SuspectExplained> explained;
  std::vector<std::string> sentences;
  for (const Suspect& suspect : suspects) {
    SuspectExplained by = explain(made, published, suspect);
    if (!by.kernels.empty()) {
      sentences.push_back(sentence(by));
      explained.push_back(std::move(by));
    }
  }
  if (explained.empty()) {
    return answer_text("answer.not-answered");
  }
  sentences.push_back(kernel_sentence(explained));
  sentences.push_back(batch_norm_sentence(made));
  sentences.push_back(control_sentence(made, device));
  if (!left_out.empty()) {
    sentences.push_back(answer_text("answer.left-out", "left_out"_a = listed(left_out)));
  }
  return fmt::format("{} {}", conclusion(explained, indices, device), fmt::join(sentences, " "));
}

}  // namespace relu0
