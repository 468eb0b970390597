#pragma once
#include <string>

#include <gmock/gmock.h>

namespace relu0::test {

/// Whether a matcher accepts a value, and what it says about it.
struct Matched {
  bool accepted;
  std::string explanation;
};

template <typename Value, typename Matcher>
Matched match(const Value& value, const Matcher& matcher) {
  ::testing::StringMatchResultListener listener;
  const bool accepted = ::testing::ExplainMatchResult(matcher, value, &listener);
  return {accepted, listener.str()};
}

}  // namespace relu0::test
