#include "suites/run/environment_check.hpp"

#include "suites/command_line/exit_code.hpp"
#include "suites/run/environment_facts.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// "oneDNN was '2.6.3, kernels up to avx2' and is '2.6.3, kernels up to avx512_core'".
std::string changes(const std::vector<std::string>& facts, const Environment& then, const Environment& now) {
  std::vector<std::string> texts;
  std::transform(facts.begin(), facts.end(), std::back_inserter(texts), [&](const std::string& fact) {
    return fmt::format("{} was '{}' and is '{}'", fact, value_of(then, fact), value_of(now, fact));
  });
  return fmt::format("{}", fmt::join(texts, "; "));
}

/// What is new in `now`, in facts on which no bits depend; empty when nothing is.
std::string harmless_changes(const Environment& then, const Environment& now) {
  std::vector<std::string> texts;
  for (const auto& [fact, value] : now) {
    const auto found = then.find(fact);
    const bool used_then =
        fact.starts_with(facts::unused_prefix) && then.contains(fact.substr(facts::unused_prefix.size()));
    if (!decides_bits(fact) && !used_then && (found == then.end() || found->second != value)) {
      texts.push_back(fmt::format("{} {}", fact, value));
    }
  }
  return fmt::format("{}", fmt::join(texts, "; "));
}

/// Each continuation once, however often the store is continued like that.
void note_continuation(Environment& environment, const std::string& text) {
  for (int number = 1;; ++number) {
    const auto [entry, added] =
        environment.try_emplace(fmt::format("{}{}", facts::continued_prefix, number), text);
    if (added || entry->second == text) {
      return;
    }
  }
}

/// What a user can do to continue the store after all; begins with a comma where there is something.
std::string remedy_beside_another_folder(const std::vector<std::string>& differing, const Environment& then,
                                         UnrecordedFacts unrecorded) {
  if (differing.empty()) {
    return unrecorded == UnrecordedFacts::refuse
               ? ", or, if you know that the environment was this one, give --accept-unrecorded-environment"
               : "";
  }
  if (differing == std::vector<std::string>{facts::kernel}) {
    return fmt::format(", or give --kernel {}", value_of(then, facts::kernel));
  }
  const bool by_variables = std::any_of(differing.begin(), differing.end(), [](const std::string& fact) {
    return fact.starts_with(facts::variable_prefix);
  });
  return by_variables ? ", or set the variables as they were" : "";
}

}  // namespace

std::string list_facts(const std::vector<std::string>& facts) {
  std::vector<std::string> names;
  std::int64_t variables = 0;
  for (const std::string& fact : facts) {
    if (fact.starts_with(facts::variable_prefix)) {
      ++variables;
    } else {
      names.push_back(fact);
    }
  }
  if (variables > 2) {
    names.push_back(fmt::format("{} variables that steer libraries", variables));
  } else {
    std::copy_if(facts.begin(), facts.end(), std::back_inserter(names),
                 [](const std::string& fact) { return fact.starts_with(facts::variable_prefix); });
  }
  return fmt::format("{}", fmt::join(names, "; "));
}

Environment continued_environment(const Environment& then, const Environment& now,
                                  UnrecordedFacts unrecorded) {
  const EnvironmentDifference found = difference(then, now, {});
  if (!found.differing.empty()) {
    throw EnvironmentMismatch(fmt::format(
        "measured in another environment, and its measurements must not be mixed with new ones: {}",
        changes(found.differing, then, now)));
  }
  if (!found.unrecorded_b.empty()) {
    throw EnvironmentMismatch(
        fmt::format("its environment records {}, which this version of relu0 ({}) does not",
                    list_facts(found.unrecorded_b), now.at(facts::relu0_version)));
  }
  Environment result = then;
  std::vector<std::string> first_recorded;
  for (const std::string& fact : found.unrecorded_a) {
    if (result.try_emplace(fact, now.at(fact)).second) {
      first_recorded.push_back(fact);
    }
  }
  if (!first_recorded.empty()) {
    if (unrecorded == UnrecordedFacts::refuse) {
      throw EnvironmentMismatch(
          fmt::format("measured by a version of relu0 that did not record {}, so nobody knows whether its "
                      "measurements may be "
                      "mixed with new ones",
                      list_facts(first_recorded)));
    }
    std::string& later = result[facts::recorded_later];
    later += fmt::format("{}{}", later.empty() ? "" : "; ", fmt::join(first_recorded, "; "));
  }
  // What is used from now on decides bits from now on.
  for (const auto& [fact, value] : now) {
    if (decides_bits(fact) && result.erase(std::string(facts::unused_prefix) + fact) > 0) {
      result.emplace(fact, value);
    }
  }
  // Data sets that only the earlier runs or only this one used stay known.
  std::copy_if(now.begin(), now.end(), std::inserter(result, result.end()),
               [](const auto& entry) { return entry.first.starts_with(facts::data_prefix); });
  const std::string text = harmless_changes(then, now);
  if (!text.empty()) {
    note_continuation(result, text);
  } else if (!first_recorded.empty()) {
    note_continuation(result, "the same as far as it was recorded");
  }
  return result;
}

void require_rounding_to_nearest(const Environment& now) {
  if (const std::string& rounding = now.at(facts::rounding); rounding != "to nearest") {
    throw EnvironmentMismatch(fmt::format(
        "this process rounds {}, and relu0's bounds and proofs hold for rounding to nearest only. A "
        "library that is loaded changed the mode: look at LD_PRELOAD",
        rounding));
  }
}

Environment agreed_environment(const Store& store, const Environment& now, UnrecordedFacts unrecorded) {
  const Environment then = store.environment();
  if (then.empty() || store.keys().empty()) {
    return now;
  }
  try {
    return continued_environment(then, now, unrecorded);
  } catch (const EnvironmentMismatch& mismatch) {
    throw EnvironmentMismatch(
        fmt::format("{}: {}. Choose another --out{}", store.file().string(), mismatch.what(),
                    remedy_beside_another_folder(difference(then, now, {}).differing, then, unrecorded)));
  }
}

void require_recorded_rounding(const Environment& recorded) {
  for (const auto& [fact, value] : rounding_facts()) {
    const auto found = recorded.find(fact);
    if (found != recorded.end() && found->second != value) {
      throw EnvironmentMismatch(
          fmt::format("{} was '{}' when the run began and is '{}' on the thread of a draw that just ended. A "
                      "library that was loaded meanwhile changed the arithmetic, so the draw was not kept",
                      fact, found->second, value));
    }
  }
}

std::vector<std::string> environment_notes(const Environment& environment) {
  std::vector<std::string> notes;
  for (const char* fact : {facts::flush_to_zero, facts::denormals_are_zero}) {
    if (const auto found = environment.find(fact); found != environment.end() && found->second == "on") {
      notes.push_back(
          fmt::format("Measured with {} on: numbers below the smallest normal one count as 0, so that "
                      "there are more exact zeros than elsewhere.",
                      fact));
    }
  }
  if (const auto by_results = environment.find(facts::draws_by_results); by_results != environment.end()) {
    notes.push_back(
        fmt::format("The results may have decided how many networks were drawn in each setting ({}), so that "
                    "every verdict is "
                    "by a rule that is valid at any time, or says that its rule is not. That stays so "
                    "however the store is "
                    "continued; for rules with a fixed number of networks choose another --out. In tables "
                    "and figures the "
                    "intervals, and the comparisons with published counts beside the verdicts, are those of "
                    "a fixed number "
                    "unless they say otherwise; no verdict rests on them.",
                    by_results->second));
  }
  if (const auto later = environment.find(facts::recorded_later); later != environment.end()) {
    notes.push_back(fmt::format(
        "The first measurements of this store were made before relu0 recorded all that bits depend on. It "
        "was continued on request, and nobody knows whether they share with the later ones: {}.",
        later->second));
  }
  return notes;
}

}  // namespace relu0
