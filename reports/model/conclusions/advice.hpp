#pragma once
#include "reports/model/results.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace relu0 {

/// What a reader can do with the results, on one question: only what follows from findings that are there.
struct Advice {
  std::string question;  ///< "Which precision"
  std::string text;
  std::vector<std::size_t> findings{};  ///< their places in Results::findings that it follows from
};

/// In the order in which a report shows it; nothing for a store without claims.
std::vector<Advice> advice(const Results& results);

}  // namespace relu0
