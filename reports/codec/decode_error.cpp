#include "reports/codec/decode_error.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string Place::text() const {
  if (around_ == nullptr) {
    return "";
  }
  const std::string before = around_->text();
  const std::string last = key_.data() != nullptr ? std::string(key_) : std::to_string(index_);
  return before.empty() ? last : before + "/" + last;
}

namespace {

std::string message(const std::string& place, std::string_view problem) {
  return place.empty() ? std::string(problem) : fmt::format("{}: {}", place, problem);
}

}  // namespace

DecodeError::DecodeError(const Place& place, std::string_view problem)
    : StoreError(message(place.text(), problem)) {}

}  // namespace relu0
