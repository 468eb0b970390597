#include "reports/model/conclusions/answer.hpp"

#include "fixtures/add_once.hpp"
#include "fixtures/count_text.hpp"
#include "reports/model/conclusions/claim_matrix.hpp"
#include "reports/model/conclusions/dependence.hpp"
#include "reports/model/conclusions/measured_beside.hpp"
#include "reports/model/text.hpp"
#include "reports/model/verdicts.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {
namespace {

/// "24/24 (100.0 %) networks at fp16 and 11/24 (45.8 %) at fp32"; of one where nothing was seen also which
/// share is ruled out, unless it saw a part only: more can only add to what was counted.
std::string shares(const std::vector<const Finding*>& findings, bool first_named) {
  std::vector<std::string> items;
  for (const Finding* finding : findings) {
    std::string item =
        fmt::format("{}{} at {}", finding->measured, first_named && items.empty() ? " networks" : "",
                    name(*finding->precision));
    if (!depends_on_s(*finding) && finding->part_seen.empty()) {
      item += fmt::format(", where a share above {} is ruled out", percent(finding->interval->high));
    }
    items.push_back(std::move(item));
  }
  return joined_with_and(items);
}

/// How little was looked at for shares(), where that is less than the published measurement: " Looked at were
/// 512 of the published 60000 images only: more of them can only add to these counts, and no larger share is
/// ruled out."
std::string sentence_on_part_seen(const std::vector<const Finding*>& findings) {
  std::vector<std::string> parts;
  for (const Finding* finding : findings) {
    if (!finding->part_seen.empty()) {
      add_once(parts, finding->part_seen);
    }
  }
  return parts.empty() ? ""
                       : fmt::format(
                             " Looked at were {} only: more of them can only add to these counts, "
                             "and no larger share is ruled out.",
                             joined_with_and(parts));
}

/// The claims that were run, with their verdicts: "“grows with width” is reproduced".
std::string verdicts_on_claims(const Results& results) {
  std::vector<std::string> items;
  for (const MatrixRow& row : claim_matrix(results)) {
    if (row.verdict != Verdict::not_run) {
      items.push_back(fmt::format("“{}” is {}", results.claims[row.claim].name, name(row.verdict)));
    }
  }
  return joined_with_and(items);
}

/// The claims of which only findings were run that do not decide them, without those that `beside` tells of.
std::vector<std::string> sentences_on_undecided(const Results& results,
                                                const std::vector<const Finding*>& beside) {
  std::vector<std::string> sentences;
  for (const MeasuredBeside& one : measured_beside(results)) {
    const bool is_told = std::any_of(beside.begin(), beside.end(), [&](const Finding* finding) {
      return finding->paper_claim == results.claims[one.claim].id;
    });
    if (!is_told) {
      sentences.push_back(in_words(one, results) + ".");
    }
  }
  return sentences;
}

/// Where no headline says for how many networks the gradient depends on s: what was measured instead. beside:
/// the findings that say so of other networks and precisions.
std::string sentence_without_headlines(const Results& results, const std::vector<const Finding*>& beside) {
  const std::string verdicts = verdicts_on_claims(results);
  std::vector<std::string> sentences;
  if (!verdicts.empty()) {
    sentences.push_back(fmt::format("Measured here: {}.", verdicts));
  }
  if (!beside.empty()) {
    sentences.push_back(
        fmt::format("Beside the networks and precisions that the paper's claims are on, another "
                    "value of ReLU′(0) changes the gradient of {}.{}",
                    shares(beside, true), sentence_on_part_seen(beside)));
  }
  const std::vector<std::string> undecided = sentences_on_undecided(results, beside);
  sentences.insert(sentences.end(), undecided.begin(), undecided.end());
  sentences.emplace_back(sentences.empty()
                             ? "Not answered: nothing that bears on it was measured."
                             : "On how many of the paper's networks the gradient depends was not measured.");
  return fmt::format("{}", fmt::join(sentences, " "));
}

std::string dependence_sentence(const Results& results) {
  std::vector<const Finding*> dependent;
  std::vector<const Finding*> independent;
  std::vector<const Finding*> beside;
  for (const std::size_t place : dependence_by_precision(results)) {
    const Finding& finding = results.findings[place];
    if (!finding.headline) {
      beside.push_back(&finding);
    } else {
      (depends_on_s(finding) ? dependent : independent).push_back(&finding);
    }
  }
  if (dependent.empty() && independent.empty()) {
    return sentence_without_headlines(results, beside);
  }
  if (dependent.empty()) {
    return fmt::format("Not seen: another value of ReLU′(0) changes the gradient of {}.{}",
                       shares(independent, true), sentence_on_part_seen(independent));
  }
  std::string text = "Yes: another value of ReLU′(0) changes the gradient of " + shares(dependent, true);
  if (!independent.empty()) {
    text += ", but of " + shares(independent, false);
  }
  std::vector<const Finding*> counted = dependent;
  counted.insert(counted.end(), independent.begin(), independent.end());
  return text + "." + sentence_on_part_seen(counted);
}

/// What the experiments themselves answer, where nothing was held against a published figure; empty where one
/// of them answers nothing in words.
std::string answers_of_experiments(const Results& results) {
  if (count(results.findings, Verdict::reproduced) + count(results.findings, Verdict::not_reproduced) > 0) {
    return "";
  }
  std::vector<std::string> answers;
  for (const ExperimentSection& section : results.experiments) {
    if (section.answer.empty()) {
      return "";
    }
    answers.push_back(section.answer);
  }
  return fmt::format("{}", fmt::join(answers, " "));
}

/// `counted(verdict)`: how many have it.
template <class Counted>
std::string tally_sentence(const std::string& all, Counted counted) {
  std::vector<std::string> parts{count_text(counted(Verdict::reproduced), "is reproduced", "are reproduced")};
  const auto add = [&](Verdict verdict, std::string_view one, std::string_view several) {
    if (const std::size_t found = counted(verdict); found > 0) {
      parts.push_back(count_text(found, one, several));
    }
  };
  add(Verdict::not_reproduced, "is not reproduced", "are not reproduced");
  add(Verdict::inconclusive, "is inconclusive", "are inconclusive");
  add(Verdict::measured, "is measured without a published figure to be held against",
      "are measured without a published figure to be held against");
  add(Verdict::not_run, "was not run", "were not run");
  return fmt::format("Of {}, {}.", all, joined_with_and(parts));
}

}  // namespace

Answer answer(const Results& results) {
  if (results.findings.empty()) {
    return {.dependence = "This store holds no findings yet: the run has not come to its end.", .claims = ""};
  }
  if (results.claims.empty()) {
    if (std::string answers = answers_of_experiments(results); !answers.empty()) {
      return {.dependence = std::move(answers), .claims = ""};
    }
    return {
        .dependence =
            "This store was made before relu0 told the paper's claims apart: its findings stand "
            "below by experiment.",
        .claims = tally_sentence(count_text(results.findings.size(), "finding"),
                                 [&results](Verdict verdict) { return count(results.findings, verdict); })};
  }
  const std::vector<MatrixRow> matrix = claim_matrix(results);
  std::string claims = tally_sentence(fmt::format("the paper's {} claims", matrix.size()),
                                      [&matrix](Verdict verdict) { return count(matrix, verdict); });
  if (const std::size_t beside = measured_beside(results).size(); beside > 0) {
    claims += fmt::format(" On {} of those that were not run something was measured that does not decide {}.",
                          beside, beside == 1 ? "it" : "them");
  }
  const auto in_part = std::count_if(results.claims.begin(), results.claims.end(), [&](const Claim& claim) {
    return is_reproduced_in_part(claim, results.findings);
  });
  if (in_part > 0) {
    claims +=
        fmt::format(" Of those that are inconclusive, {} as far as {} run, and a part of what {} was not.",
                    count_text(static_cast<std::size_t>(in_part), "is reproduced", "are reproduced"),
                    in_part == 1 ? "it was" : "they were", in_part == 1 ? "it takes" : "they take");
  }
  return {.dependence = dependence_sentence(results), .claims = std::move(claims)};
}

}  // namespace relu0
