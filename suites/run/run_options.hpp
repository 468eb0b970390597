#pragma once
#include "reports/model/finding.hpp"
#include "suites/measurements/cell.hpp"
#include "suites/run/environment_check.hpp"
#include "suites/run/scale.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace relu0 {

/// What `relu0 run` was asked to do, checked.
struct RunOptions {
  std::vector<std::string> experiments;  ///< empty: all
  Scale scale;
  std::uint64_t seed = 1;
  double s_a = 0;
  double s_b = 1;
  std::optional<std::int64_t> images;  ///< absent: the whole training set
  std::optional<std::filesystem::path> data;
  std::filesystem::path out = "relu0-out";
  int threads = 0;  ///< 0: one per core
  Device device = Device::cpu;
  UnrecordedFacts unrecorded_facts = UnrecordedFacts::refuse;  ///< of the store that is continued
  Protocol protocol = Protocol::fast;
  int reference_bits = 128;        ///< of the reference's first run
  int max_reference_bits = 512;    ///< that the program may raise them to by itself
  std::optional<Verdict> fail_on;  ///< not_reproduced or inconclusive (which includes the former)
};

/// The command that repeats the run exactly, without the options that cannot change a result.
std::string canonical_command(const RunOptions& options);

}  // namespace relu0
