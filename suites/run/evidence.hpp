#pragma once
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/selection.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// What a finding rests on besides its numbers: without either there is no verdict on the claim.
struct Basis {
  bool deterministic = true;   ///< every draw's control agreed bit for bit
  bool selected = true;        ///< the run was to measure all that the finding needs
  std::string without_data{};  ///< why data that it needs are not there; empty: they are

  /// That of a finding which rests on this and on `other`.
  [[nodiscard]] Basis and_also(const Basis& other) const {
    return {deterministic && other.deterministic, selected && other.selected,
            without_data.empty() ? other.without_data : without_data};
  }
};

/// The draws of one measurement.
template <typename Outcome>
struct EvidenceOf {
  Setting setting;
  std::vector<Outcome> draws;
  bool selected = true;        ///< whether the run was to make the measurement; if not, there are no draws
  std::string without_data{};  ///< why the run, which was to make it, has no data for it; empty: it has

  /// For outcomes that have a control: what a finding may rest on.
  [[nodiscard]] Basis basis() const {
    return {std::all_of(draws.begin(), draws.end(), [](const Outcome& draw) { return draw.deterministic; }),
            selected, without_data};
  }
};

/// What a run has measured, read from its store.
class Evidence {
 public:
  /// `store` outlives the object.
  Evidence(const Store& store, RunSettings settings, Selection selection = {}, AbsentData absent = {})
      : store_(&store),
        settings_(std::move(settings)),
        selection_(std::move(selection)),
        absent_(std::move(absent)) {}

  /// The draws that the run asks for. Further draws in the store are left out, and so are those of
  /// measurements that the run did not select: what it concludes does not depend on what else the store
  /// holds. Throws StoreError for draws of another kind.
  template <typename Kind>
  [[nodiscard]] EvidenceOf<typename Kind::Outcome> of(const Kind& measurement) const {
    EvidenceOf<typename Kind::Outcome> evidence{measurement.setting, {}, selection_.selects(measurement)};
    if (evidence.selected) {
      evidence.without_data = without_data(measurement.setting.data);
      evidence.selected = evidence.without_data.empty();
    }
    for (const nlohmann::json& values : evidence.selected ? stored(measurement) : Values{}) {
      try {
        evidence.draws.push_back(Kind::decode(values));
      } catch (const StoreError& error) {
        refuse(measurement, error);
      }
    }
    return evidence;
  }

  /// Whether the run was to make all of these, and had the data for them.
  [[nodiscard]] bool selected_all(const Measurements& measurements) const {
    return selection_.of(measurements).size() == measurements.size() &&
           std::none_of(measurements.begin(), measurements.end(), [this](const MeasurementPtr& measurement) {
             return absent_.contains(measurement->setting.data);
           });
  }
  /// Why the run has no such data; empty where it has, or was not to.
  [[nodiscard]] std::string without_data(DataName data) const {
    const auto absent = absent_.find(data);
    return absent == absent_.end() ? std::string() : absent->second;
  }
  [[nodiscard]] const RunSettings& settings() const { return settings_; }

 private:
  using Values = std::vector<nlohmann::json>;
  [[nodiscard]] Values stored(const Measurement& measurement) const;
  /// Throws the error with the file and the measurement named.
  [[noreturn]] void refuse(const Measurement& measurement, const StoreError& error) const;

  const Store* store_;
  RunSettings settings_;
  Selection selection_;
  AbsentData absent_;
};

}  // namespace relu0
