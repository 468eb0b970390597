#pragma once
#include "suites/measurements/base/measurement.hpp"
#include "suites/run/run_settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace relu0::budget {

/// What draws cost on this machine.
class DrawCosts {
 public:
  /// plan: the measurements, each with its own key.
  DrawCosts(const Measurements& plan, const RunSettings& settings, int threads);

  /// A draw under that key took its thread, or all threads where a draw uses all, so long. Other keys are
  /// ignored.
  void add(const std::string& key, double seconds);

  /// How long a draw under a key takes from its begin to its end: the mean of those that were made. Absent
  /// where there is none.
  [[nodiscard]] std::optional<double> latency(const std::string& key) const;

  /// How many seconds longer a run takes for one more draw under a key, when it makes as many side by side as
  /// it can: by the draws under that key, or else what its arithmetic costs (Measurement::cost()) at the rate
  /// at which measurements of its kind were made; or else, at that of all. Relative to one another only,
  /// before any draw was made. Throws std::out_of_range for a key that is not in the plan.
  [[nodiscard]] double expected(const std::string& key) const;

 private:
  struct Spent {
    std::int64_t draws = 0;
    double seconds = 0;
    double arithmetic = 0;
    void add(double of_seconds, double of_arithmetic);
  };
  struct Of {
    std::string kind;
    double arithmetic;    ///< of one draw
    double side_by_side;  ///< draws at once
    Spent spent{};
  };

  std::map<std::string, Of> by_key_;
  std::map<std::string, Spent> by_kind_;
  Spent all_;
};

}  // namespace relu0::budget
