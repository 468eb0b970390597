#pragma once
#include "reports/codec/decode_error.hpp"
#include "reports/codec/packed_numbers.hpp"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// One line, keys sorted, numbers that read back bit for bit; the non-finite ones as words (non_finite.hpp).
/// Two values have the same text exactly when they are the same bit for bit, except that NaNs outside packed
/// numbers are all alike. Throws std::invalid_argument when a text is not UTF-8.
std::string canonical_text(const nlohmann::json& values);

/// `values` for a JSON file that people read: non-finite numbers as words, packed numbers as lists.
nlohmann::json readable_values(const nlohmann::json& values);

/// Packed numbers that stand at a place in a measurement's values.
struct StoredNumbers {
  std::string path;  ///< JSON pointer (RFC 6901): "/slice/fp32"
  nlohmann::json::binary_t::container_type bytes;
};

/// A measurement's values as the store keeps them. In the text, {"packed": "binary32"} (or "binary64") stands
/// in the place of packed numbers.
struct StoredValues {
  std::string text;
  std::vector<StoredNumbers> numbers;
};

/// Throws std::invalid_argument for what restored_values() would not turn back: a text that is the word for a
/// non-finite number, today's or an older one, or reads as packed numbers of an older store, other binary
/// data, text that is not UTF-8.
StoredValues stored_values(const nlohmann::json& values);

/// The inverse of stored_values(), also of what all older schema versions wrote: what is a non-finite number
/// or packed numbers in any of their encodings is the same value here. Throws DecodeError.
nlohmann::json restored_values(const StoredValues& stored);

}  // namespace relu0
