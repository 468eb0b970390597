#pragma once
#include "suites/experiments/experiment.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/zero_law.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/measurements/zone_shape.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace relu0::test {

/// Settings of runs on data that nobody has.
RunSettings synthetic_settings();

/// What experiments conclude from stores filled with synthetic outcomes.
class Conclusions : public ::testing::Test {
 protected:
  /// networks: of each measurement; absent: as many as quick scale draws. outcome: of a setting and a draw;
  /// of the kind that the experiment measures. selection: what the run is limited to; the store holds the
  /// rest, too.
  template <typename MakeOutcome>
  Results conclude(std::string_view id, std::optional<std::int64_t> networks, MakeOutcome outcome,
                   const Selection& selection = {}) {
    const Experiment& experiment = find_experiment(id);
    settings_.networks = planned_ ? planned_ : networks;
    settings_.fp64_networks = settings_.networks;
    std::vector<StoredDraw> draws;
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      if (lack_draws_ && lack_draws_(measurement->setting)) {
        continue;
      }
      for (std::int64_t draw = 0; draw < networks.value_or(measurement->draws(settings_)); ++draw) {
        draws.push_back({measurement->key(settings_), draw, encode(outcome(measurement->setting, draw))});
      }
    }
    const test::TemporaryFolder folder;
    Store store = Store::open_for_run(folder.path() / "results.sqlite");
    store.record(draws);
    Results results;
    experiment.conclude(Evidence(store, settings_, selection, {}, sampling_), results);
    return results;
  }

  /// The first finding of that id whose setting starts so. Throws std::runtime_error where there is none.
  static const Finding& finding(const Results& results, std::string_view id, std::string_view setting);
  /// The table of that id. Throws std::runtime_error where there is none.
  static const Table& table(const Results& results, std::string_view id);
  /// What a row of a table says in a column. Throws std::runtime_error where the column is not there.
  static const std::string& at(const Table& table, std::size_t row, std::string_view column);

  /// The run takes only the first so many images of each data set.
  void use_images(std::int64_t images) { settings_.images = images; }
  Sampling sampling_ = Sampling::fixed;  ///< how the numbers of draws came about
  std::optional<std::int64_t> planned_ =
      {};  ///< networks that the run may draw; absent: those that there are
  std::function<bool(const Setting&)> lack_draws_{};  ///< settings of which nothing was drawn; absent: none

 private:
  RunSettings settings_ = synthetic_settings();
};

}  // namespace relu0::test
