#include "suites/claims/paper_claims.hpp"
#include "suites/experiments/common.hpp"
#include "suites/experiments/definitions.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/texts/texts.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>

#include <fmt/format.h>

namespace relu0::experiment::zero_counts {

namespace common = experiments_common;

namespace {

constexpr Texts text{"zero-counts"};

constexpr std::array<std::int64_t, 5> depths{1, 2, 3, 5, 6};
constexpr std::array<std::int64_t, 4> widths{16, 64, 256, 512};
constexpr std::array precisions{Precision::fp16, Precision::bf16, Precision::tf32, Precision::fp32};

/// A training of a network with `depth` hidden layers of `width` neurons, at a precision.
struct Training {
  Precision precision;
  std::int64_t depth;
  std::int64_t width;

  [[nodiscard]] ZerosInTraining measurement() const {
    return ZerosInTraining(
        {.network = Mlp{.hidden_layers = depth, .width = width}, .precision = precision, .batch_size = 128});
  }
  /// The published zeros of this network. bits: 16 or 32.
  [[nodiscard]] const PublishedZeros& published(int bits) const {
    const auto& rows = published_zero_counts().rows;
    return *std::find_if(rows.begin(), rows.end(), [&](const PublishedZeros& row) {
      return row.precision_bits == bits && row.hidden_layers == depth && row.neurons == width;
    });
  }
};

/// 64 bits are measured at the paper's main network only.
constexpr Training at_fp64{Precision::fp64, 3, 256};

std::vector<Training> trainings() {
  std::vector<Training> result;
  for (const Precision precision : precisions) {
    for (const std::int64_t depth : depths) {
      for (const std::int64_t width : widths) {
        result.push_back({precision, depth, width});
      }
    }
  }
  result.push_back(at_fp64);
  return result;
}

Measurements measurements() {
  std::vector<ZerosInTraining> result;
  for (const Training& at : trainings()) {
    result.push_back(at.measurement());
  }
  return as_measurements(result);
}

/// What the trainings of one network at one precision met.
struct Zeros : EvidenceOf<ZeroTrainingOutcome> {
  Training at;

  [[nodiscard]] Proportion of_epochs(bool whole_first_only) const {
    Proportion result;
    for (const ZeroTrainingOutcome& draw : draws) {
      for (const EpochZeros& epoch : draw.epochs) {
        if (whole_first_only && epoch.iterations < draw.minibatches) {
          break;
        }
        result.successes += epoch.zeros;
        result.trials += epoch.relu_inputs;
        if (whole_first_only) {
          break;
        }
      }
    }
    return result;
  }
  /// Exact zeros of all ReLU inputs.
  [[nodiscard]] Proportion all() const { return of_epochs(false); }
  /// The same in the first epoch, over those trainings that ran it to its end.
  [[nodiscard]] Proportion first_epoch() const { return of_epochs(true); }
  /// Exact zeros of those trainings that ran so many epochs to their end.
  [[nodiscard]] Proportion of_whole_trainings(std::int64_t epochs) const {
    Zeros whole = *this;
    whole.draws.clear();
    std::copy_if(draws.begin(), draws.end(), std::back_inserter(whole.draws),
                 [epochs](const ZeroTrainingOutcome& draw) {
                   return std::ssize(draw.epochs) >= epochs &&
                          draw.epochs.back().iterations == draw.minibatches;
                 });
    return whole.all();
  }
  [[nodiscard]] std::int64_t non_finite() const {
    return std::count_if(draws.begin(), draws.end(),
                         [](const ZeroTrainingOutcome& draw) { return draw.first_non_finite.has_value(); });
  }
  /// How far one training was run: "100 epochs", "156 of 469 iterations".
  [[nodiscard]] std::string extent() const {
    if (draws.empty()) {
      return "-";
    }
    const ZeroTrainingOutcome& draw = draws.front();
    const bool whole = draw.epochs.back().iterations == draw.minibatches;
    return whole ? fmt::format("{} epoch{}", draw.epochs.size(), draw.epochs.size() == 1 ? "" : "s")
                 : fmt::format("{} of {} iterations", draw.epochs.back().iterations, draw.minibatches);
  }
};

std::vector<Zeros> gather(const Evidence& evidence) {
  std::vector<Zeros> result;
  for (const Training& at : trainings()) {
    result.push_back({evidence.of(at.measurement()), at});
  }
  return result;
}

using Choice = std::function<bool(const Training&)>;

Choice at_precision(Precision precision) {
  return [precision](const Training& at) { return at.precision == precision; };
}

template <typename Count>
Proportion pooled(const std::vector<Zeros>& all, const Choice& chosen, Count count) {
  Proportion result;
  for (const Zeros& zeros : all) {
    if (chosen(zeros.at)) {
      const Proportion more = count(zeros);
      result.successes += more.successes;
      result.trials += more.trials;
    }
  }
  return result;
}

Proportion pooled(const std::vector<Zeros>& all, const Choice& chosen) {
  return pooled(all, chosen, [](const Zeros& zeros) { return zeros.all(); });
}

double published_ratio(const PublishedZeros& row) {
  return static_cast<double>(row.zeros) / static_cast<double>(row.relu_inputs);
}

double published_first_epoch_ratio(const PublishedZeros& row) {
  return static_cast<double>(row.first_epoch_zeros) * static_cast<double>(row.epochs) /
         static_cast<double>(row.relu_inputs);
}

/// The published ratio of zeros for the same mixture of architectures as ours: each architecture has the
/// weight of its ReLU inputs in `count`.
template <typename Count, typename Ratio>
double expected_ratio(const std::vector<Zeros>& all, Precision precision, Count count, Ratio ratio) {
  double zeros = 0;
  double inputs = 0;
  for (const Zeros& of : all) {
    if (of.at.precision == precision) {
      const auto weight = static_cast<double>(count(of).trials);
      zeros += weight * ratio(of.at.published(storage_bits(precision)));
      inputs += weight;
    }
  }
  return zeros / inputs;
}

bool has_published(Precision precision) {
  return precision == Precision::fp16 || precision == Precision::tf32 || precision == Precision::fp32;
}

std::string rate(Proportion zeros) {
  if (zeros.trials == 0) {
    return "none measured";
  }
  const Interval interval = clopper_pearson(zeros, verdict_rules::confidence);
  return fmt::format("{:.2g} [{:.2g}, {:.2g}]", zeros.estimate().value_or(0), interval.low, interval.high);
}

std::string zeros_text(Proportion zeros) {
  return text("measured", "zeros"_a = zeros.successes, "relu_inputs"_a = static_cast<double>(zeros.trials));
}

/// The published ratio of zeros for the stage of training that was measured: the first epoch, or all.
struct PublishedStage {
  bool is_first_epoch;
  double ratio;
};

/// Whether all trainings end in their first epoch. Those are compared with the published first epoch, because
/// zeros are more frequent early on.
bool first_epoch_only(const std::vector<Zeros>& all) {
  return std::all_of(all.begin(), all.end(), [](const Zeros& zeros) {
    return std::all_of(zeros.draws.begin(), zeros.draws.end(),
                       [](const ZeroTrainingOutcome& draw) { return draw.epochs.size() == 1; });
  });
}

/// The published stage of the trainings whose zeros `count` counts, of which there must be at least one at
/// the precision.
template <typename Count>
PublishedStage published_stage(const std::vector<Zeros>& all, Precision precision, Count count) {
  const bool is_first_epoch = first_epoch_only(all);
  return {.is_first_epoch = is_first_epoch,
          .ratio = is_first_epoch ? expected_ratio(all, precision, count, published_first_epoch_ratio)
                                  : expected_ratio(all, precision, count, published_ratio)};
}

/// How the first epoch compares, where one was run to its end. reach: in the images of an epoch.
std::string first_epoch_text(const std::vector<Zeros>& all, Precision precision,
                             const verdict_rules::Reach& reach) {
  const auto count = [](const Zeros& zeros) { return zeros.first_epoch(); };
  const Proportion first = pooled(all, at_precision(precision), count);
  if (first.trials == 0 || !reach.is_full()) {
    return text("agreement.no-whole-epoch");
  }
  return text("agreement.first-epoch", "zeros"_a = zeros_text(first), "rate"_a = rate(first),
              "published"_a = expected_ratio(all, precision, count, published_first_epoch_ratio));
}

/// The ReLU inputs of the published first epochs of the architectures whose zeros `count` counts.
template <typename Count>
std::int64_t published_first_epoch_inputs(const std::vector<Zeros>& all, Precision precision, Count count) {
  std::int64_t inputs = 0;
  for (const Zeros& of : all) {
    if (of.at.precision == precision && count(of).trials > 0) {
      const PublishedZeros& row = of.at.published(storage_bits(precision));
      inputs += row.relu_inputs / row.epochs;
    }
  }
  return inputs;
}

std::string published_text(const PublishedStage& stage, Precision precision) {
  return text(stage.is_first_epoch ? "published.first-epoch" : "published.all-epochs",
              "ratio"_a = stage.ratio, "bits"_a = storage_bits(precision));
}

/// What is held against the published ratio at a precision, and the verdict.
struct Judged {
  Proportion zeros;
  std::string published;
  std::string measured;
  verdict_rules::Decision decision;
};

/// The share of zeros neither grows nor falls for certain while a training goes on, so that like is held
/// against like: the published stage, of all images, against the trainings that went through it to its end.
Judged judge(const std::vector<Zeros>& all, Precision precision, const verdict_rules::Reach& reach,
             Sampling sampling) {
  const auto everything = [](const Zeros& zeros) { return zeros.all(); };
  const std::int64_t epochs =
      first_epoch_only(all) ? 1 : find_paper_claim("zero-counts").extent.epochs.value();
  const auto count = [epochs](const Zeros& zeros) { return zeros.of_whole_trainings(epochs); };
  const Proportion measured = pooled(all, at_precision(precision), everything);
  const Proportion whole = reach.is_full() ? pooled(all, at_precision(precision), count) : Proportion{};
  if (whole.trials == 0) {
    const PublishedStage stage = published_stage(all, precision, everything);
    return {
        .zeros = measured,
        .published = published_text(stage, precision),
        .measured = zeros_text(measured),
        .decision = {.verdict = Verdict::inconclusive,
                     .why = text("why.no-whole-training", "epochs"_a = epochs, "images"_a = reach.published),
                     .rule = verdict_rules::of_the_same_order({}, stage.ratio).rule,
                     .at_any_time = true}};
  }
  const PublishedStage stage = published_stage(all, precision, count);
  return {.zeros = whole,
          .published = published_text(stage, precision),
          .measured =
              whole.trials == measured.trials
                  ? zeros_text(whole)
                  : text("measured-in-part", "whole"_a = zeros_text(whole), "all"_a = zeros_text(measured)),
          .decision = stage.ratio > 0
                          ? verdict_rules::of_the_same_order(whole, stage.ratio, sampling)
                          // Only first epochs of narrow networks met none.
                          : verdict_rules::of_the_same_order_as_none(
                                whole, published_first_epoch_inputs(all, precision, count), sampling)};
}

void append_finding(const std::vector<Zeros>& all, Precision precision, const Evidence& evidence,
                    Results& results) {
  const verdict_rules::Reach reach = common::images_reach(evidence, datasets::mnist, "zero-counts");
  Basis basis;
  for (const Zeros& zeros : all) {
    if (zeros.at.precision == precision) {
      basis = basis.and_also(zeros.basis());
    }
  }
  const Proportion measured = pooled(all, at_precision(precision));
  const bool is_judged = has_published(precision) && measured.trials > 0;
  const Judged judged =
      is_judged ? judge(all, precision, reach, basis.sampling)
                : Judged{.zeros = measured,
                         .published = text("published.not-measured", "precision"_a = name(precision)),
                         .measured = zeros_text(measured),
                         .decision = verdict_rules::descriptive(measured.trials > 0)};
  const double s = evidence.settings().s_a;
  Finding finding = common::finding({.id = "zero-counts",
                                     .experiment = "zero-counts",
                                     .claim = text("claim"),
                                     .published = judged.published,
                                     .source = common::data_file_on_gpu(published_zero_counts().id),
                                     .paper_claim = "zero-counts",
                                     .precision = precision},
                                    fmt::format("{}, s = {}{}", name(precision), s,
                                                s == 0 ? " (the same under both rules)" : ", chain-rule"),
                                    judged.zeros, basis, judged.decision);
  finding.measured = judged.measured;
  finding.agreement = is_judged ? first_epoch_text(all, precision, reach) : common::nothing_published();
  finding.headline = precision == Precision::fp16 || precision == Precision::fp32;
  results.findings.push_back(std::move(finding));
}

/// Ratios by depth (rows) and width (columns).
template <typename Ratio>
HeatMap heat_map(std::string id, std::string title, std::string caption, Ratio ratio) {
  HeatMap map;
  map.id = std::move(id);
  map.experiment = "zero-counts";
  map.title = std::move(title);
  map.caption = std::move(caption);
  map.x.label = "neurons in a layer";
  map.y.label = "hidden layers";
  for (const std::int64_t width : widths) {
    map.x.categories.push_back(std::to_string(width));
  }
  for (const std::int64_t depth : depths) {
    map.y.categories.push_back(std::to_string(depth));
    auto& row = map.rows.emplace_back();
    for (const std::int64_t width : widths) {
      row.push_back(ratio(depth, width));
    }
  }
  map.unit = "exact zeros per ReLU input";
  map.logarithmic = true;
  map.group = "zero-counts";
  return map;
}

void append_heat_maps(const std::vector<Zeros>& all, Results& results) {
  for (const Precision precision : precisions) {
    const Proportion total = pooled(all, at_precision(precision));
    if (total.trials > 0) {
      results.heat_maps.push_back(heat_map(
          fmt::format("zero-counts-{}", name(precision)),
          text("measured-map.title", "precision"_a = name(precision)),
          text("measured-map.caption", "zeros"_a = zeros_text(total), "rate"_a = rate(total)),
          [&](std::int64_t depth, std::int64_t width) {
            return pooled(all,
                          [&](const Training& at) {
                            return at.precision == precision && at.depth == depth && at.width == width;
                          })
                .estimate();
          }));
    }
    if (precision == Precision::fp16 || precision == Precision::fp32) {
      const int bits = storage_bits(precision);
      results.heat_maps.push_back(heat_map(
          fmt::format("zero-counts-published-{}", bits), text("published-map.title", "bits"_a = bits),
          text("published-map.caption", "source"_a = common::data_file(published_zero_counts().id)),
          [&](std::int64_t depth, std::int64_t width) {
            return std::optional(published_ratio(Training{precision, depth, width}.published(bits)));
          }));
    }
  }
}

Table counts_table(const std::vector<Zeros>& all) {
  Table table;
  table.id = "zero-counts";
  table.experiment = "zero-counts";
  table.title = text("counts-table.title");
  table.caption = text("counts-table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"precision", "hidden layers", "neurons", "run",      "ReLU inputs",
                   "zeros",     "ratio",         "control", "published"};
  for (const Zeros& zeros : all) {
    if (!zeros.selected) {
      continue;
    }
    const Proportion met = zeros.all();
    std::string published = "-";
    if (has_published(zeros.at.precision)) {
      const PublishedZeros& row = zeros.at.published(storage_bits(zeros.at.precision));
      published =
          fmt::format("{} ({:.2g}), first epoch {}", row.zeros, published_ratio(row), row.first_epoch_zeros);
    }
    std::string control = zeros.draws.empty() ? "-" : zeros.basis().deterministic ? "same bits" : "differs";
    if (zeros.non_finite() > 0) {
      control += ", loss not finite";
    }
    table.rows.push_back({std::string(name(zeros.at.precision)), std::to_string(zeros.at.depth),
                          std::to_string(zeros.at.width), zeros.extent(),
                          fmt::format("{:.3g}", static_cast<double>(met.trials)),
                          std::to_string(met.successes), rate(met), control, published});
  }
  return table;
}

/// Zeros of all published trainings that `selected` takes.
Proportion published_pooled(int bits, const std::function<bool(const PublishedZeros&)>& selected) {
  Proportion result;
  for (const PublishedZeros& row : published_zero_counts().rows) {
    if (row.precision_bits == bits && selected(row)) {
      result.successes += row.zeros;
      result.trials += row.relu_inputs;
    }
  }
  return result;
}

Table growth_table(const std::vector<Zeros>& all) {
  Table table;
  table.id = "zero-counts-growth";
  table.experiment = "zero-counts";
  table.title = text("growth-table.title");
  table.caption = text("growth-table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"networks", "fp16", "published, 16 bits", "bf16", "tf32", "fp32", "published, 32 bits"};
  const auto add = [&](const std::string& label, const auto& depth_and_width) {
    const auto ours = [&](Precision precision) {
      return rate(pooled(all, [&](const Training& at) {
        return at.precision == precision && depth_and_width(at.depth, at.width);
      }));
    };
    const auto theirs = [&](int bits) {
      const Proportion zeros = published_pooled(
          bits, [&](const PublishedZeros& row) { return depth_and_width(row.hidden_layers, row.neurons); });
      return fmt::format("{:.2g}", zeros.estimate().value_or(0));
    };
    table.rows.push_back({label, ours(Precision::fp16), theirs(16), ours(Precision::bf16),
                          ours(Precision::tf32), ours(Precision::fp32), theirs(32)});
  };
  for (const std::int64_t depth : depths) {
    add(fmt::format("depth {}", depth),
        [depth](std::int64_t of, std::int64_t /*width*/) { return of == depth; });
  }
  for (const std::int64_t width : widths) {
    add(fmt::format("width {}", width),
        [width](std::int64_t /*depth*/, std::int64_t of) { return of == width; });
  }
  return table;
}

void conclude(const Evidence& evidence, Results& results) {
  const std::vector<Zeros> all = gather(evidence);
  for (const Precision precision : all_precisions) {
    append_finding(all, precision, evidence, results);
  }
  append_heat_maps(all, results);
  // A part of the networks would be another mixture than the published one.
  if (evidence.selected_all(measurements())) {
    results.tables.push_back(growth_table(all));
  }
  results.tables.push_back(counts_table(all));
}

constexpr Experiment definition{.id = "zero-counts", .measurements = measurements, .conclude = conclude};

}  // namespace

}  // namespace relu0::experiment::zero_counts

const relu0::Experiment& relu0::zero_counts_experiment() { return experiment::zero_counts::definition; }
