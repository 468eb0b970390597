#pragma once
#include "fixtures/dataset.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace relu0 {

/// The training sets that experiments measure on.
enum class DataName { mnist, cifar10 };

/// "MNIST" or "CIFAR-10".
std::string_view name(DataName data);

/// The data sets of a run, each read once: from `folder`, or the embedded one that stands in for it.
class DataSets {
 public:
  /// Throws what the readers throw.
  DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted);

  /// `data` must be one of those wanted.
  [[nodiscard]] const Dataset& of(DataName data) const { return sets_.at(data); }
  [[nodiscard]] const std::map<DataName, Dataset>& all() const { return sets_; }
  /// Images of the largest of them.
  [[nodiscard]] std::int64_t largest() const;

 private:
  std::map<DataName, Dataset> sets_;
};

}  // namespace relu0
