#pragma once
#include "suites/run/data_sets.hpp"

#include <map>
#include <string>
#include <string_view>

namespace relu0 {

/// What tells the images of a data set from others, by the data set's id: the first 16 digits of the SHA-256
/// of what identify() says of them, which names their split and the MD5 of each file.
using DataChecksums = std::map<std::string, std::string, std::less<>>;

/// Those of all data sets that were opened.
DataChecksums checksums_of(const DataSets& data);

/// "cifar10=1f0c93a2b4d5e6f7,mnist=…", as --data-checksum takes it.
std::string checksums_text(const DataChecksums& checksums);

/// The inverse of checksums_text(); digits may be capitals. Throws InputError, which says what is wrong with
/// which part.
DataChecksums parse_data_checksums(std::string_view text);

/// Throws EnvironmentMismatch, which names the data sets and what was found in their place, unless each data
/// set that was opened has the checksum that is `expected` of it. What is expected of others does not count.
void require_data(const DataSets& data, const DataChecksums& expected);

}  // namespace relu0
