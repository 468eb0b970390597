#include "reports/model/finding.hpp"

#include "fixtures/error.hpp"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace relu0 {
namespace {

using NamedVerdict = std::pair<Verdict, std::string_view>;
constexpr std::array<NamedVerdict, 5> verdict_names{{
    {Verdict::reproduced, "reproduced"},
    {Verdict::not_reproduced, "not reproduced"},
    {Verdict::inconclusive, "inconclusive"},
    {Verdict::not_run, "not run"},
    {Verdict::measured, "measured"},
}};

}  // namespace

std::string_view name(Verdict verdict) {
  for (const auto& [value, text] : verdict_names) {
    if (value == verdict) {
      return text;
    }
  }
  throw InputError("verdict " + std::to_string(static_cast<int>(verdict)) + " does not exist");
}

Verdict parse_verdict(std::string_view text) {
  for (const auto& [value, known] : verdict_names) {
    if (known == text) {
      return value;
    }
  }
  throw InputError("unknown verdict '" + std::string(text) +
                   "'; use one of: reproduced, not reproduced, inconclusive, not run, measured");
}

}  // namespace relu0
