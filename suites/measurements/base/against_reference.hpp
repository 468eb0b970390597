#pragma once
#include "analysis/zeros/zero_counts.hpp"
#include "reference/pass/certificate.hpp"
#include "reports/codec/fields.hpp"
#include "suites/measurements/base/network_choice.hpp"
#include "suites/run/run_settings.hpp"

#include <nlohmann/json.hpp>

/// What the measurements against the reference share.
namespace relu0 {

/// The run's bits, on up to `threads` threads.
reference::CertifyOptions certify_options(const RunSettings& settings, int threads);

/// Adds the run's bits to a measurement's identity.
void identify_reference_bits(const RunSettings& settings, nlohmann::json& identity);

/// Whether the reference takes well below a second for an image in this network.
bool is_small(const NetworkChoice& network);

/// The list that a store keeps counts of zeros by.
void fields(Fields& f, ZeroCounts& counts);

}  // namespace relu0
