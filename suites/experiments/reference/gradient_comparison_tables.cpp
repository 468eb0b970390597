#include "suites/experiments/reference/gradient_comparison_tables.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

namespace {

constexpr Texts table_text{"reference-error"};

/// "0.0049" where all values read the same, else "0.0049 [0.0048, 0.0051]": the median, the least and the
/// largest. A NaN makes all three NaN.
std::string spread(const std::vector<double>& values) {
  const std::string median = wording::number(quantile(values, 0.5));
  const std::string least = wording::number(quantile(values, 0));
  const std::string largest = wording::number(quantile(values, 1));
  return least == largest ? median : fmt::format("{} [{}, {}]", median, least, largest);
}

void push(std::vector<double>& values, std::optional<double> value) {
  if (value) {
    values.push_back(*value);
  }
}

/// The shortest decimal number that reads back as the same value: as a double at fp64, as a float at the
/// other precisions.
std::string decimal(double value, Precision precision) {
  return precision == Precision::fp64 ? fmt::format("{}", value)
                                      : fmt::format("{}", static_cast<float>(value));
}

std::string hex_and_decimal(double value, Precision precision) {
  return fmt::format("{:a} ({})", value, decimal(value, precision));
}

Table table_of(const std::string& experiment, const std::string& id, const std::string& title,
               const std::string& caption, std::vector<std::string> columns) {
  Table table;
  table.id = fmt::format("{}-{}", experiment, id);
  table.experiment = experiment;
  table.title = title;
  table.caption = caption;
  table.columns = std::move(columns);
  return table;
}

/// What the draws of one comparison have in common.
struct Summary {
  std::vector<double> relative_l2;
  std::vector<double> max_error;
  std::vector<double> cosine;
  UlpDistribution ulps;
  std::vector<double> worst_ulps;
  std::int64_t sign_flips = 0;
  std::int64_t non_finite = 0;
  std::int64_t vanished = 0;
  std::int64_t undecided = 0;
  std::vector<double> proven_bits;
};

Summary summarise(const GradientComparison& comparison) {
  Summary sum;
  for (const ComparedDraw& draw : comparison.draws) {
    const TensorError error = overall(draw.tensors(draw.base()));
    push(sum.relative_l2, error.relative_l2());
    sum.max_error.push_back(error.max_error);
    push(sum.cosine, error.cosine());
    sum.ulps.add(error.ulps);
    sum.worst_ulps.push_back(error.worst ? error.worst->ulps : 0);
    sum.sign_flips += error.sign_flips;
    sum.non_finite += error.non_finite;
    sum.vanished += error.vanished;
    sum.undecided += error.undecided;
    sum.proven_bits.push_back(draw.proven_bits);
  }
  return sum;
}

/// The tensor with the element that is wrong by the most ulps over all draws; null where none is wrong.
struct WorstOfDraws {
  const TensorError* tensor = nullptr;
  std::size_t draw = 0;
};

WorstOfDraws worst_of(const GradientComparison& comparison) {
  WorstOfDraws result;
  for (std::size_t i = 0; i < comparison.draws.size(); ++i) {
    for (const TensorError& tensor : comparison.draws[i].tensors(comparison.draws[i].base())) {
      const auto is_worse = [](double a, double b) { return !std::isnan(b) && !(a <= b); };
      if (tensor.worst &&
          (result.tensor == nullptr || is_worse(tensor.worst->ulps, result.tensor->worst->ulps))) {
        result = {&tensor, i};
      }
    }
  }
  return result;
}

}  // namespace

Table error_table(const std::string& experiment, const std::vector<GradientComparison>& comparisons) {
  Table table = table_of(
      experiment, "errors", table_text("error-table.title"), table_text("error-table.caption"),
      {"network", "precision", "networks", "relative L2", "max error", "median ulps ≤", "largest ulps",
       "cosine", "sign flips", "not finite", "vanished", "undecided", "proven bits"});
  for (const GradientComparison& comparison : comparisons) {
    if (comparison.draws.empty()) {
      continue;
    }
    const Summary sum = summarise(comparison);
    table.rows.push_back(
        {name(comparison.setting.network), std::string(name(comparison.precision)),
         std::to_string(comparison.draws.size()), spread(sum.relative_l2),
         wording::number(quantile(sum.max_error, 1)), wording::number(sum.ulps.quantile_bound(0.5)),
         wording::number(quantile(sum.worst_ulps, 1)),
         sum.cosine.empty() ? "none" : fmt::format("{:.6f}", *quantile(sum.cosine, 0)),
         std::to_string(sum.sign_flips), std::to_string(sum.non_finite), std::to_string(sum.vanished),
         std::to_string(sum.undecided), wording::number(quantile(sum.proven_bits, 0))});
  }
  return table;
}

Table effect_table(const std::string& experiment, const std::vector<GradientComparison>& comparisons,
                   double s) {
  Table table = table_of(experiment, "effects", table_text("effect-table.title"),
                         table_text("effect-table.caption", "s"_a = s),
                         {"network", "precision", "rule", "exact zeros", "error of g₀", "error of g",
                          "effect of s", "effect / error of g₀"});
  for (const GradientComparison& comparison : comparisons) {
    std::int64_t zeros = 0;
    for (const ComparedDraw& draw : comparison.draws) {
      zeros += draw.error.zeros;
    }
    for (const Rule rule : all_rules) {
      const bool both_at_once = zeros == 0;
      if (comparison.draws.empty() || (both_at_once && rule != all_rules.front())) {
        continue;
      }
      std::vector<double> base;
      std::vector<double> other;
      std::vector<double> effects;
      std::vector<double> ratios;
      for (const ComparedDraw& draw : comparison.draws) {
        const auto base_error = overall(draw.tensors(draw.base())).relative_l2();
        const auto effect = draw.effect({.value = s, .rule = rule});
        push(base, base_error);
        push(other, overall(draw.tensors({.value = s, .rule = rule})).relative_l2());
        push(effects, effect);
        if (effect && base_error && *base_error != 0) {
          ratios.push_back(*effect / *base_error);
        }
      }
      table.rows.push_back({name(comparison.setting.network), std::string(name(comparison.precision)),
                            both_at_once ? "both" : std::string(name(rule)), std::to_string(zeros),
                            spread(base), spread(other), spread(effects), spread(ratios)});
    }
  }
  return table;
}

Table worst_elements_table(const std::string& experiment,
                           const std::vector<GradientComparison>& comparisons) {
  Table table = table_of(
      experiment, "worst", table_text("worst-table.title"), table_text("worst-table.caption"),
      {"network", "precision", "draw", "parameter", "index", "LibTorch", "truth", "ulps", "proven bits"});
  for (const GradientComparison& comparison : comparisons) {
    const auto [tensor, draw] = worst_of(comparison);
    if (tensor != nullptr) {
      table.rows.push_back({name(comparison.setting.network), std::string(name(comparison.precision)),
                            std::to_string(draw), tensor->name, std::to_string(tensor->worst->index),
                            hex_and_decimal(tensor->worst->value, comparison.precision),
                            hex_and_decimal(tensor->worst->truth, comparison.precision),
                            fmt::format("{} ± {}", wording::number(tensor->worst->ulps),
                                        wording::number(tensor->worst->radius)),
                            std::to_string(tensor->proven_bits)});
    }
  }
  return table;
}

}  // namespace relu0
