#include "analysis/training/optimizer/schedule.hpp"

#include "analysis/training/optimizer/optimizer_options.hpp"
#include "fixtures/error.hpp"

#include <cmath>
#include <numbers>

#include <fmt/format.h>

namespace relu0 {

namespace {

struct ScheduleName {
  std::string operator()(const ConstantRate& /*constant*/) const { return "constant"; }
  std::string operator()(const StepDecay& step) const {
    return fmt::format("times {} every {} epochs", step.factor, step.epochs);
  }
  std::string operator()(const CosineDecay& /*cosine*/) const { return "cosine"; }
};

}  // namespace

std::string name(const Schedule& schedule) { return std::visit(ScheduleName{}, schedule); }

double rate_in(const Schedule& schedule, double rate, std::int64_t epoch, std::int64_t epochs) {
  if (const auto* step = std::get_if<StepDecay>(&schedule)) {
    return rate * std::pow(step->factor, static_cast<double>(epoch / step->epochs));
  }
  if (std::holds_alternative<CosineDecay>(schedule)) {
    const double gone = static_cast<double>(epoch) / static_cast<double>(epochs);
    return rate * (1 + std::cos(std::numbers::pi * gone)) / 2;
  }
  return rate;
}

void check(const Schedule& schedule) {
  if (const auto* step = std::get_if<StepDecay>(&schedule)) {
    require_rate(step->factor, "factor of the learning rate");
    if (step->epochs < 1) {
      throw InputError(
          fmt::format("a learning rate that changes every {} epochs: needs at least one", step->epochs));
    }
  }
}

}  // namespace relu0
