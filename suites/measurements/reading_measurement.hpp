#pragma once
#include "reports/store/store.hpp"

#include <exception>

#include <fmt/format.h>

namespace relu0 {

/// What `read` makes of a measurement's JSON; what it throws becomes a StoreError that says what to do. what:
/// "the outcome of a sweep".
template <typename Read>
auto reading_measurement(const char* what, Read read) {
  try {
    return read();
  } catch (const std::exception& error) {
    throw StoreError(
        fmt::format("a measurement in the store is not {} ({}); was it written by another program? Start "
                    "anew in another folder",
                    what, error.what()));
  }
}

}  // namespace relu0
