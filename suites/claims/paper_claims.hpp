#pragma once
#include "reports/model/claim.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace relu0 {

/// How far the measurement of a published figure went. Absent: it does not bound the figure, or is not known.
struct ProtocolExtent {
  std::optional<std::int64_t> images;
  std::optional<std::int64_t> minibatches;
  std::optional<std::int64_t> iterations;
  std::optional<std::int64_t> epochs;

  bool operator==(const ProtocolExtent&) const = default;
};

/// A claim of the paper with the extent of its protocol as numbers, against which a run's is held.
struct PaperClaim {
  Claim claim;
  ProtocolExtent extent;
};

/// The claims of a TOML text: a table "claim" for each, with the texts of a Claim (line breaks and the space
/// around them are one space), either `experiment` or `absence`, and where there is one an `extent`, whose
/// numbers are whole and positive. Throws std::logic_error, which names the place, for anything else and for
/// an id that occurs twice.
std::vector<PaperClaim> parse_paper_claims(std::string_view toml);

/// The nineteen claims of the paper (paper_claims.toml, compiled in), in the order in which reports show
/// them.
const std::vector<PaperClaim>& paper_claims();

/// Throws std::logic_error where there is no such claim.
const PaperClaim& find_paper_claim(std::string_view id);

}  // namespace relu0
