#pragma once
#include "fixtures/data/sets/dataset_description.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace relu0::gate {

/// Images of a data set that the toolkit reads, as a user names them: "mnist", "cifar10:train",
/// "imagenet:test:320".
struct DatasetInputs {
  const DatasetDescription* set;
  Split split = Split::test;
  std::optional<std::int64_t> images{};  ///< the first so many; absent: all
};

/// Absent where the text begins with no data set's name, or a file of the whole name is there. Throws
/// InputError, which lists what there is, for an unknown split and a number of images that is none.
std::optional<DatasetInputs> parse_dataset_inputs(const std::string& text);

}  // namespace relu0::gate
