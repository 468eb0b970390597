#pragma once
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/data_sets.hpp"
#include "suites/run/run_settings.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0::test {

/// A measurement with the settings of a run of it alone.
struct Survey {
  MeasurementPtr measurement;
  RunSettings settings;  ///< without the data sets
};

/// A survey of `networks` networks on the first `images` images (absent: all), by the kernel.
template <typename Kind>
Survey survey(const Kind& measurement, const KernelChoice& kernel, std::int64_t networks,
              std::optional<std::int64_t> images = {}) {
  RunSettings settings;
  settings.kernel = kernel;
  settings.networks = networks;
  settings.fp64_networks = networks;
  settings.images = images;
  return {std::make_shared<Kind>(measurement), settings};
}

/// The folder of real data, as RELU0_DATA_DIR names it.
std::optional<std::filesystem::path> real_data_folder();

/// The real data sets among `data` that the folder lacks; all of them where there is no folder.
std::vector<std::string> absent_real_data(const std::set<DataName>& data);

/// Makes surveys by the experiments' own runner, on all cores, and keeps what they gave in memory.
class Surveyor {
 public:
  /// folder: of the data sets; absent: the embedded images.
  Surveyor(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& data);

  /// The measurement's identity, which a store would keep its draws under.
  [[nodiscard]] std::string key(const Survey& survey) const;

  /// What each network gave, as a store would keep it.
  [[nodiscard]] std::vector<nlohmann::json> draws(const Survey& survey) const;

  /// The same, decoded. The survey must be of that kind.
  template <typename Kind>
  [[nodiscard]] std::vector<typename Kind::Outcome> outcomes(const Survey& survey) const {
    std::vector<typename Kind::Outcome> result;
    for (const nlohmann::json& values : draws(survey)) {
      result.push_back(Kind::decode(values));
    }
    return result;
  }

 private:
  [[nodiscard]] RunSettings settings_with_data(const Survey& survey) const;

  DataSets data_;
};

}  // namespace relu0::test
