#pragma once
#include "fixtures/data/sets/datasets.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// Which data set: a reference to its description, which outlives it. They are ordered as datasets::all is,
/// and any others follow by their ids.
class DataName {
 public:
  DataName(const DatasetDescription& set) : set_(&set) {}
  DataName(DatasetDescription&&) = delete;

  const DatasetDescription& operator*() const { return *set_; }
  const DatasetDescription* operator->() const { return set_; }

  friend std::strong_ordering operator<=>(DataName a, DataName b);
  friend bool operator==(DataName a, DataName b) { return a <=> b == std::strong_ordering::equal; }

 private:
  const DatasetDescription* set_;
};

/// The data set's title: "MNIST".
inline std::string_view name(DataName data) { return data->title; }

/// A data set as far as measurements depend on it.
struct DataFacts {
  std::string name{};    ///< in a word or two, for captions: "MNIST train", "embedded digits train"
  std::string identity;  ///< what identify() says of it
  std::int64_t images = 60'000;
  std::int64_t classes = 0;  ///< of its images; 0: not known
  /// The same of its test images, where the run evaluates networks on them.
  std::string test_identity{};
  std::int64_t test_images = 0;
};

/// Data sets that a run was to measure on and does not have, each with the reason and the remedy: nothing is
/// measured in their place.
using AbsentData = std::map<DataName, std::string>;

/// The data sets of a run, each opened once by open_measured(): from `folder`, or the embedded one that
/// stands in for it. Images that a data set leaves in their files are checked first, and those that cannot be
/// decoded are left out.
class DataSets {
 public:
  /// threads: that check image files side by side. evaluated: those whose test images are opened too; of them
  /// the images beside these must be at hand, since nothing is scored on what it was trained on. Throws what
  /// open_measured throws, and InputError where they are not.
  DataSets(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& wanted, int threads,
           const std::set<DataName>& evaluated = {});

  /// @name A data set that was wanted
  /// @{
  [[nodiscard]] const ImageSource& images(DataName data) const { return *shared_images(data); }
  [[nodiscard]] const std::shared_ptr<const ImageSource>& shared_images(DataName data) const {
    return opened(data).images;
  }
  /// Throws std::logic_error for a data set that is not held in memory.
  [[nodiscard]] const Dataset& of(DataName data) const;
  [[nodiscard]] const OpenedDataset& opened(DataName data) const { return opened_.at(data); }
  /// @}
  /// The test images of a data set that is evaluated.
  [[nodiscard]] const std::shared_ptr<const ImageSource>& test_images(DataName data) const {
    return tests_.at(data).images;
  }
  [[nodiscard]] std::set<DataName> names() const;
  /// What measurements depend on, for every data set.
  [[nodiscard]] std::map<DataName, DataFacts> facts() const;
  /// Images of the largest of them.
  [[nodiscard]] std::int64_t largest() const;

 private:
  std::map<DataName, OpenedDataset> opened_;
  std::map<DataName, OpenedDataset> tests_;
};

/// What a report says of the data that were measured on, a note each: files that were read or the embedded
/// images that stand in for them, files that were refused, and where only the first `images` were used.
std::vector<std::string> data_notes(const DataSets& data, std::optional<std::int64_t> images);

}  // namespace relu0
