#pragma once
#include "analysis/statistics/sampling.hpp"
#include "reports/store/store.hpp"
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/selection.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace relu0 {

/// How many draws of a measurement there are.
struct DrawCount {
  std::string key;         ///< of the measurement in the store
  std::int64_t draws = 0;  ///< that count as evidence
  std::int64_t most = 0;   ///< that the run may draw
  std::int64_t usual = 0;  ///< that a run with a fixed number draws; 0 where its scale leaves them out
};

/// A measurement that the run's scale draws no network for, by what selects it.
struct LeftOut {
  std::string network;
  std::string precision;
  std::string kernel{};        ///< empty: the run's
  std::string data_options{};  ///< RunSettings::data_options of the run
};

/// What a finding rests on besides its numbers: without the first two there is no verdict on the claim.
struct Basis {
  bool deterministic = true;            ///< every draw's control agreed bit for bit
  bool selected = true;                 ///< the run was to measure all that the finding needs
  Sampling sampling = Sampling::fixed;  ///< how the numbers of draws came about
  std::vector<DrawCount> counts{};      ///< of every measurement
  std::string without_data{};           ///< why data that it needs are not there; empty: they are
  /// What the run's scale leaves out of what it would rest on. Of one measurement this says why it counts as
  /// not selected; of several that others were made, or were to be.
  std::vector<LeftOut> left_out{};

  /// Whether the run selected all that the finding needs, though its scale may leave some of it out.
  [[nodiscard]] bool selected_or_left_out() const { return selected || !left_out.empty(); }
  /// That of a finding which rests on this and on `other`.
  [[nodiscard]] Basis and_also(const Basis& other) const;
  [[nodiscard]] std::int64_t draws() const;
  /// How many draws there would be if the run drew all that it may.
  [[nodiscard]] std::int64_t most_draws() const;
};

/// The draws of one measurement.
template <typename Outcome>
struct EvidenceOf {
  Setting setting;
  std::vector<Outcome> draws;
  bool selected = true;  ///< whether the run was to make the measurement; if not, there are no draws
  Sampling sampling = Sampling::fixed;
  DrawCount count{};           ///< of a measurement that is selected
  std::string without_data{};  ///< why the run, which was to make it, has no data for it; empty: it has
  /// The measurement, where the run's scale leaves it out; it counts as not selected then.
  std::optional<LeftOut> left_out{};

  /// For outcomes that have a control: what a finding may rest on.
  [[nodiscard]] Basis basis() const {
    return basis(
        std::all_of(draws.begin(), draws.end(), [](const Outcome& draw) { return draw.deterministic; }));
  }
  /// The same, where the outcome's control is looked up elsewhere.
  [[nodiscard]] Basis basis(bool deterministic) const {
    return {deterministic, selected,
            sampling,      selected ? std::vector{count} : std::vector<DrawCount>{},
            without_data,  left_out ? std::vector{*left_out} : std::vector<LeftOut>{}};
  }
};

/// What a run has measured, read from its store.
class Evidence {
 public:
  /// That of a run which has measured nothing yet.
  Evidence(RunSettings settings, Selection selection, AbsentData absent, Sampling sampling)
      : settings_(std::move(settings)),
        selection_(std::move(selection)),
        absent_(std::move(absent)),
        sampling_(sampling) {}

  /// `store` outlives the object. sampling: how the store's numbers of draws came about.
  Evidence(const Store& store, RunSettings settings, Selection selection = {}, AbsentData absent = {},
           Sampling sampling = Sampling::fixed)
      : store_(&store),
        settings_(std::move(settings)),
        selection_(std::move(selection)),
        absent_(std::move(absent)),
        sampling_(sampling) {}

  /// The draws that the run asks for. Further draws in the store are left out, and so are those of
  /// measurements that the run did not select: what it concludes does not depend on what else the store
  /// holds. Where the results may have decided how many there are, all draws from the first to the last
  /// before a gap are evidence, up to Measurement::most_draws(): behind a gap, which a kill can leave, stands
  /// a draw that was there sooner, maybe because of its result. Throws StoreError for draws of another kind,
  /// and for those that contradict the measurement.
  template <typename Kind>
  [[nodiscard]] EvidenceOf<typename Kind::Outcome> of(const Kind& measurement) const {
    EvidenceOf<typename Kind::Outcome> evidence{
        measurement.setting, {}, selection_.selects(measurement), sampling_, {}};
    if (evidence.selected) {
      evidence.without_data = without_data(measurement.setting.data);
      evidence.left_out = left_out(measurement);
      evidence.selected = evidence.without_data.empty() && !evidence.left_out;
    }
    for (const StoredDraw& draw : evidence.selected ? stored(measurement) : std::vector<StoredDraw>{}) {
      try {
        evidence.draws.push_back(Kind::decode(draw.values));
        refuse_contradiction(measurement.contradiction(evidence.draws.back(), settings_));
      } catch (const StoreError& error) {
        refuse(measurement, draw.draw, error);
      }
    }
    if (evidence.selected) {
      evidence.count = {measurement.key(settings_), std::ssize(evidence.draws), most(measurement),
                        measurement.draws(settings_)};
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
  [[nodiscard]] Sampling sampling() const { return sampling_; }

 private:
  [[nodiscard]] std::vector<StoredDraw> stored(const Measurement& measurement) const;
  /// The measurement, where the run was to draw a fixed number of networks for it and that is 0.
  [[nodiscard]] std::optional<LeftOut> left_out(const Measurement& measurement) const;
  /// Draws that may be evidence.
  [[nodiscard]] std::int64_t most(const Measurement& measurement) const;
  /// Throws the error with the file, the measurement and the draw named.
  [[noreturn]] void refuse(const Measurement& measurement, std::int64_t draw, const StoreError& error) const;

  const Store* store_ = nullptr;  ///< null where nothing was measured yet
  RunSettings settings_;
  Selection selection_;
  AbsentData absent_;
  Sampling sampling_;
};

}  // namespace relu0
