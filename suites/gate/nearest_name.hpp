#pragma once
#include <span>
#include <string>
#include <string_view>

namespace relu0::gate {

/// The one of `names` that a misspelt word most likely meant: the fewest letters inserted, removed,
/// replaced or exchanged with the next one, at most a third of the word's and at least one. Empty where none
/// is so near.
std::string_view nearest_name(std::string_view word, std::span<const std::string_view> names);

/// "; did you mean 'impacted_share'?"; empty where no name is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> names);

}  // namespace relu0::gate
