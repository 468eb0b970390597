#include "analysis/gate/kink_probes.hpp"

#include "analysis/gate/comparison.hpp"
#include "analysis/gate/gradient_figures.hpp"
#include "analysis/gate/value_pairs.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

namespace relu0::gate {

namespace {

/// What the probed site met; nullptr where it did not run, as a branch may not have been taken.
const SiteCensus* census_of(const ScriptResult& result, const std::string& id) {
  const auto found = std::find_if(result.sites.begin(), result.sites.end(),
                                  [&id](const SiteCensus& site) { return site.site.id() == id; });
  return found == result.sites.end() ? nullptr : &*found;
}

/// The tensor that moves most, NaN before all numbers.
KinkProbe largest_change(const ValuePair& pair, const GradientList& a, const GradientList& b,
                         std::int64_t mini_batch) {
  std::vector<TensorChange> changes;
  raise_changes(changes, a, b, mini_batch);
  const auto largest =
      std::max_element(changes.begin(), changes.end(), [](const auto& one, const auto& other) {
        return !std::isnan(one.change) && (std::isnan(other.change) || one.change < other.change);
      });
  return {.pair = pair, .change = largest->change, .tensor = largest->tensor, .mini_batch = mini_batch};
}

bool is_finite(const GradientList& gradients) {
  return std::all_of(gradients.begin(), gradients.end(), [](const NamedGradient& one) {
    const GradientSize size = size_of(one.gradient);
    return size.nans + size.infinite == 0;
  });
}

struct Probe {
  std::optional<KinkProbe> found{};  ///< absent where no element could be moved, or nothing can be said
  std::string not_finite_with{};     ///< a choice with which the gradient is not finite there
};

Probe probe(const std::string& id, const ValuePair& pair, ScriptRunner& runner, const ScriptBatch& batch,
            std::int64_t mini_batch) {
  Probe result;
  for (std::int64_t rank = 0; rank < most_tries; ++rank) {
    const std::unique_ptr<ScriptPass> pass = runner.forward(batch, ScriptProbe{.site = id, .rank = rank});
    const ScriptResult a = pass->backward(choices_of(pair, true), GraphAfter::kept);
    const SiteCensus* met = census_of(a, id);
    if (met == nullptr || met->hits == 0) {
      break;
    }
    const bool reached = met->hits_with_gradient.value_or(0) > 0;
    if (reached || !result.found) {
      const ScriptResult b = pass->backward(choices_of(pair, false), GraphAfter::released);
      // Operations that keep their results (a norm, an exponential) did not give the number that was put
      // there, so that a NaN or an infinity may be the move's own.
      if (!is_finite(a.gradients) || !is_finite(b.gradients)) {
        result.not_finite_with = is_finite(b.gradients) ? pair.a : pair.b;
        break;
      }
      result.found = largest_change(pair, a.gradients, b.gradients, mini_batch);
    }
    if (reached) {
      break;
    }
  }
  return result;
}

}  // namespace

void probe_kinks(SiteTable& sites, const std::vector<ValuePair>& pairs, ScriptRunner& runner,
                 const ScriptBatch& batch, std::int64_t mini_batch) {
  for (std::size_t i = 0; i < sites.sites().size(); ++i) {
    KinkSite& site = sites.sites()[i];
    if (!site.controlled || site.met()) {
      continue;
    }
    if (site.on_data) {
      site.why_not_probed = "no input could be moved that carries a gradient";
      continue;
    }
    std::string not_finite_with;
    for (const ValuePair& pair : pairs) {
      if (pair.kink != site.kink) {
        continue;
      }
      const Probe probed = probe(sites.ids()[i], pair, runner, batch, mini_batch);
      not_finite_with = probed.not_finite_with.empty() ? not_finite_with : probed.not_finite_with;
      if (probed.found) {
        site.probes.push_back(*probed.found);
      }
    }
    if (site.probes.empty()) {
      const ScriptKink kink = parse_script_kink(site.kink);
      const bool is_tie = kink == ScriptKink::max_pool_tie || kink == ScriptKink::pair_tie ||
                          kink == ScriptKink::reduction_tie;
      site.why_not_probed =
          !not_finite_with.empty()
              ? fmt::format(
                    "with an input moved onto it the gradient is not finite where {} is chosen, "
                    "which the move itself may have made",
                    not_finite_with)
          : is_tie ? "ties lie between inputs, which are not moved"
                   : "no input could be moved: those of the model itself and parameters are not, "
                     "and the pairs compared have to name this kink";
    }
  }
}

}  // namespace relu0::gate
