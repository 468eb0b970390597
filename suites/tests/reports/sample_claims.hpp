#pragma once
#include "fixtures/network/kinks.hpp"
#include "fixtures/network/precision.hpp"
#include "reports/model/results.hpp"

#include <string>

namespace relu0::test {

/// A finding of a claim, "24/24 (100.0 %)" with its interval: a headline under the chain rule, unless it is
/// only measured.
Finding share_finding(const std::string& claim, Precision precision, Rule rule, int impacted, int networks,
                      Verdict verdict);

/// Results of the paper's nineteen claims, with every kind of verdict among the claims and the fields of the
/// matrix, recorded figures, a headline figure, heat maps, tables, rules that several findings share, and
/// experiments that serve no claim.
Results sample_claims();

}  // namespace relu0::test
