#pragma once
#include <optional>
#include <string_view>

namespace relu0 {

/// The word for a number that JSON cannot hold: "NaN", "Infinity" or "-Infinity". Empty for a finite number.
/// The sign and the payload of a NaN are not kept.
std::string_view non_finite_word(double value);

/// The number that a word stands for: one of non_finite_word(), or "nan", "inf" or "-inf", which stores hold
/// that were written before schema version 4. Absent for another text.
std::optional<double> non_finite_number(std::string_view word);

}  // namespace relu0
