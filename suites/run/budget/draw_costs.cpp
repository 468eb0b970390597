#include "suites/run/budget/draw_costs.hpp"

namespace relu0::budget {

void DrawCosts::Spent::add(double of_seconds, double of_arithmetic) {
  ++draws;
  seconds += of_seconds;
  arithmetic += of_arithmetic;
}

DrawCosts::DrawCosts(const Measurements& plan, const RunSettings& settings, int threads) {
  for (const MeasurementPtr& measurement : plan) {
    by_key_.emplace(
        measurement->key(settings),
        Of{.kind = std::string(measurement->kind()),
           .arithmetic = measurement->cost(build(measurement->setting.network), settings),
           .side_by_side = measurement->parallelism() == Parallelism::across_draws ? threads : 1.0});
  }
}

void DrawCosts::add(const std::string& key, double seconds) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    return;
  }
  Of& of = found->second;
  const double share = seconds / of.side_by_side;
  of.spent.add(share, of.arithmetic);
  by_kind_[of.kind].add(share, of.arithmetic);
  all_.add(share, of.arithmetic);
}

std::optional<double> DrawCosts::latency(const std::string& key) const {
  const Of& of = by_key_.at(key);
  return of.spent.draws == 0
             ? std::nullopt
             : std::optional(of.side_by_side * of.spent.seconds / static_cast<double>(of.spent.draws));
}

double DrawCosts::expected(const std::string& key) const {
  const Of& of = by_key_.at(key);
  if (of.spent.draws > 0) {
    return of.spent.seconds / static_cast<double>(of.spent.draws);
  }
  const auto of_kind = by_kind_.find(of.kind);
  const Spent& like = of_kind != by_kind_.end() ? of_kind->second : all_;
  return like.draws == 0 ? of.arithmetic : of.arithmetic * like.seconds / like.arithmetic;
}

}  // namespace relu0::budget
