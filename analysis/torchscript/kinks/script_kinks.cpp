#include "analysis/torchscript/kinks/script_kinks.hpp"

#include "fixtures/error.hpp"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace relu0 {

std::string_view name(ScriptKink kink) {
  switch (kink) {
    case ScriptKink::relu:
      return name(Kink::relu);
    case ScriptKink::leaky_relu:
      return name(Kink::leaky_relu);
    case ScriptKink::clamp_lower:
      return name(Kink::clamp_lower);
    case ScriptKink::clamp_upper:
      return name(Kink::clamp_upper);
    case ScriptKink::absolute:
      return name(Kink::absolute);
    case ScriptKink::max_pool_tie:
      return name(Kink::max_pool_tie);
    case ScriptKink::pair_tie:
      return "pair-tie";
    case ScriptKink::reduction_tie:
      return "reduction-tie";
    case ScriptKink::other_point:
      return "other-point";
  }
  throw std::logic_error("not a ScriptKink");
}

namespace {

bool takes_tie_choice(ScriptKink kink) {
  return kink == ScriptKink::max_pool_tie || kink == ScriptKink::reduction_tie;
}

void require_usable(std::string_view where, const ScriptChoice& choice) {
  const auto* derivative = std::get_if<DerivativeChoice>(&choice);
  if (derivative != nullptr && !std::isfinite(derivative->value)) {
    throw InputError(
        fmt::format("the choice at the kink '{}' is {}: give a finite number", where, derivative->value));
  }
}

}  // namespace

std::string describe(const ScriptChoice& choice) {
  if (const auto* derivative = std::get_if<DerivativeChoice>(&choice)) {
    return fmt::format("{} ({})", derivative->value, name(derivative->rule));
  }
  const auto* tie = std::get_if<TieChoice>(&choice);
  return std::string(tie != nullptr ? name(*tie) : "native");
}

ScriptChoice ScriptChoices::at(ScriptKink kink, const std::string& site) const {
  if (const auto found = of_site.find(site); found != of_site.end()) {
    return found->second;
  }
  const auto found = of_kind.find(kink);
  return found != of_kind.end() ? found->second : NativeChoice{};
}

void require_usable(const ScriptChoices& choices) {
  for (const auto& [kink, choice] : choices.of_kind) {
    require_usable(name(kink), choice);
    const bool fits = std::holds_alternative<NativeChoice>(choice) ||
                      std::holds_alternative<TieChoice>(choice) == takes_tie_choice(kink);
    if (!fits) {
      throw InputError(fmt::format("the choice at the kink '{}' is {}: give {}", name(kink), describe(choice),
                                   takes_tie_choice(kink) ? "first, last or mean" : "a number"));
    }
  }
  for (const auto& [site, choice] : choices.of_site) {
    require_usable(site, choice);
  }
}

ScriptChoices script_choices(const KinkChoices& kinks) {
  ScriptChoices result;
  result.of_kind[ScriptKink::relu] = kinks.relu;
  if (kinks.leaky_relu) {
    result.of_kind[ScriptKink::leaky_relu] = DerivativeChoice{.value = *kinks.leaky_relu};
  }
  if (kinks.clamp_lower) {
    result.of_kind[ScriptKink::clamp_lower] = *kinks.clamp_lower;
  }
  if (kinks.clamp_upper) {
    result.of_kind[ScriptKink::clamp_upper] = *kinks.clamp_upper;
  }
  result.of_kind[ScriptKink::absolute] = DerivativeChoice{.value = kinks.absolute};
  result.of_kind[ScriptKink::max_pool_tie] = kinks.max_pool;
  return result;
}

std::string describe(const OperatorPlace& place) {
  return fmt::format("{} in {} ({}{}{})", place.op, place.module.empty() ? "the model" : place.module,
                     place.source, place.node.empty() ? "" : ", ", place.node);
}

std::string KinkSite::id() const {
  return fmt::format("{}:{}@{}@{}#{}", place.module, place.op, place.source, name(kink), occurrence);
}

}  // namespace relu0
