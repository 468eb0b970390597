#pragma once
#include "reports/model/environment.hpp"
#include "reports/store/store.hpp"

#include <string>
#include <vector>

namespace relu0 {

/// What to do with a store that was measured before relu0 recorded some of the facts that bits depend on.
enum class UnrecordedFacts { refuse, accept };

/// The environment of a store that was measured in `then` and is continued in `now`: the facts of `then`,
/// those it lacks, and a note on what else is new. Throws EnvironmentMismatch, which names the facts, where
/// measurements of the two must not be mixed: a fact on which bits depend differs, or one of the two does not
/// record it and, for `then`, this is not accepted.
Environment continued_environment(const Environment& then, const Environment& now,
                                  UnrecordedFacts unrecorded);

/// Throws EnvironmentMismatch where the environment does not round to nearest: the bounds and proofs of relu0
/// hold for that only.
void require_rounding_to_nearest(const Environment& now);

/// The environment that a run in `now` notes in the store: that of its first measurement, held against `now`
/// as continued_environment() does; its messages name the store.
Environment agreed_environment(const Store& store, const Environment& now, UnrecordedFacts unrecorded);

/// Throws EnvironmentMismatch where the calling thread no longer rounds as the environment records, or
/// flushes subnormal numbers to 0 otherwise. A draw that ends so must not be kept: a library that was loaded
/// meanwhile has changed the arithmetic, and the store would hold two kinds under one name. Facts that are
/// not recorded are not checked.
void require_recorded_rounding(const Environment& recorded);

/// What a reader of the results has to know about the environment.
std::vector<std::string> environment_notes(const Environment& environment);

/// "oneDNN, rounding and 16 variables": the names, with the many that begin alike counted.
std::string list_facts(const std::vector<std::string>& facts);

}  // namespace relu0
