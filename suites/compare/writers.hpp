#pragma once
#include "suites/compare/comparison.hpp"

#include <string>

/// A comparison as text. All writers show the same: environments, draws, counts, verdicts, the outcome.
namespace relu0::comparison_writers {

/// For a terminal.
std::string plain(const StoreComparison& comparison);

/// For a page of a pull request.
std::string markdown(const StoreComparison& comparison);

/// {"format": "relu0 comparison", "version": 1, "a": …, "b": …, "environments": …, "draws": …, "counts": …,
/// "verdicts": …, "outcome": …, "exit_code": …}, ending in a newline.
std::string json(const StoreComparison& comparison);

}  // namespace relu0::comparison_writers
