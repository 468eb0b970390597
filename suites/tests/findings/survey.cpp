#include "suites/tests/findings/survey.hpp"

#include "suites/run/environment_facts.hpp"
#include "suites/run/runner.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <utility>

namespace relu0::test {

namespace {

/// Keeps the draws of one measurement in memory.
class MemoryKeeper final : public DrawKeeper {
 public:
  [[nodiscard]] std::set<std::int64_t> draws(const std::string& /*key*/) const override { return {}; }
  [[nodiscard]] Environment environment() const override { return rounding_facts(); }
  void record(const std::vector<StoredDraw>& draws) override {
    for (const StoredDraw& draw : draws) {
      values_[draw.draw] = draw.values;
    }
  }

  [[nodiscard]] std::vector<nlohmann::json> values() const {
    std::vector<nlohmann::json> result;
    for (const auto& [draw, values] : values_) {
      result.push_back(values);
    }
    return result;
  }

 private:
  std::map<std::int64_t, nlohmann::json> values_;
};

}  // namespace

std::optional<std::filesystem::path> real_data_folder() {
  const char* folder = std::getenv("RELU0_DATA_DIR");
  return folder == nullptr || *folder == '\0' ? std::nullopt : std::optional<std::filesystem::path>(folder);
}

std::vector<std::string> absent_real_data(const std::set<DataName>& data) {
  const auto folder = real_data_folder();
  std::vector<std::string> absent;
  for (const DataName set : data) {
    const bool is_there = folder && std::any_of(set->measured.begin(), set->measured.end(),
                                                [&](Split split) { return has_split(*set, *folder, split); });
    if (!is_there) {
      absent.emplace_back(name(set));
    }
  }
  return absent;
}

Surveyor::Surveyor(const std::optional<std::filesystem::path>& folder, const std::set<DataName>& data)
    : data_(folder, data, processor_cores()) {}

RunSettings Surveyor::settings_with_data(const Survey& survey) const {
  RunSettings settings = survey.settings;
  settings.data = data_.facts();
  return settings;
}

std::string Surveyor::key(const Survey& survey) const {
  return survey.measurement->key(settings_with_data(survey));
}

std::vector<nlohmann::json> Surveyor::draws(const Survey& survey) const {
  MemoryKeeper keeper;
  if (measure({survey.measurement}, settings_with_data(survey), data_, keeper, processor_cores()) !=
      RunEnd::complete) {
    throw std::runtime_error("a survey was interrupted");
  }
  return keeper.values();
}

}  // namespace relu0::test
