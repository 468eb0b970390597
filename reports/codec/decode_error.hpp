#pragma once
#include "reports/model/store_error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace relu0 {

/// Where a value stands in a JSON text: a key or an index after those of the objects around it. A place
/// refers to the one around it, so that it costs nothing where nothing goes wrong.
class Place {
 public:
  /// The outermost value.
  Place() = default;
  /// `key` and `around` must outlive the place.
  Place(const Place& around, std::string_view key) : around_(&around), key_(key) {}
  Place(const Place& around, std::size_t index) : around_(&around), index_(index) {}

  /// "rules/chain-rule/relative_l2/3"; empty for the outermost value.
  [[nodiscard]] std::string text() const;
  /// The same as a JSON pointer (RFC 6901): "/rules/chain-rule/relative_l2/3".
  [[nodiscard]] std::string pointer() const;

 private:
  const Place* around_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
};

/// What a store holds is not what is read from it: "rules/chain-rule/impacted: expected a whole number".
class DecodeError : public StoreError {
 public:
  DecodeError(const Place& place, std::string_view problem);
};

}  // namespace relu0
