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

std::string Place::pointer() const {
  if (around_ == nullptr) {
    return "";
  }
  std::string result = around_->pointer() + "/";
  for (const char c : key_.data() != nullptr ? std::string(key_) : std::to_string(index_)) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result += c;
    }
  }
  return result;
}

namespace {

std::string message(const std::string& place, std::string_view problem) {
  return place.empty() ? std::string(problem) : fmt::format("{}: {}", place, problem);
}

}  // namespace

DecodeError::DecodeError(const Place& place, std::string_view problem)
    : StoreError(message(place.text(), problem)) {}

}  // namespace relu0
