#include "suites/experiments/kernels/kernel_tables.hpp"

#include "suites/experiments/kernels/text.hpp"
#include "suites/verdicts/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0::kernel_study {

namespace common = experiments_common;

namespace {

FigureSeries series_of(const std::vector<OfKernel>& kernels, const std::string& label,
                       const std::function<Proportion(const OfKernel&)>& rate) {
  FigureSeries result;
  result.label = label;
  result.joined = false;
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    if (!kernels[i].draws.empty()) {
      result.points.push_back(common::share_point(static_cast<double>(i + 1), rate(kernels[i])));
    }
  }
  return result;
}

std::string same_bits_as(const std::vector<OfKernel>& kernels, const OfKernel& kernel) {
  for (const OfKernel& before : kernels) {
    if (&before == &kernel) {
      break;
    }
    if (kernel.same_bits_as(before)) {
      return before.kernel;
    }
  }
  return "-";
}

}  // namespace

Figure figure_of(const Subject& subject, const std::vector<OfKernel>& kernels) {
  Figure figure;
  figure.id = fmt::format("kernels-{}", name(subject.setting.network));
  figure.experiment = "kernels";
  figure.title = text("figure.title", "network"_a = name(subject.setting.network));
  std::int64_t networks = 0;
  std::int64_t minibatches = 0;
  for (const OfKernel& kernel : kernels) {
    networks = std::max<std::int64_t>(networks, std::ssize(kernel.draws));
    minibatches = std::max(minibatches, kernel.with_zeros().trials);
  }
  figure.caption = text("figure.caption", "confidence_percent"_a = verdict_rules::confidence_percent,
                        "networks"_a = networks, "minibatches"_a = minibatches);
  const double last = static_cast<double>(kernels.size()) + 1;
  figure.x = {.label = "kernel's number", .logarithmic = false, .low = 0, .high = last};
  figure.y = {.label = "share of mini-batches", .logarithmic = false, .low = 0, .high = {}};
  figure.series.push_back(
      series_of(kernels, "meets a zero", [](const OfKernel& kernel) { return kernel.with_zeros(); }));
  for (const Rule rule : all_rules) {
    figure.series.push_back(series_of(kernels, fmt::format("impacted, {}", name(rule)),
                                      [rule](const OfKernel& kernel) { return kernel.impacted(rule); }));
  }
  if (const auto& rate = subject.published.rate) {
    FigureSeries line;
    line.label = "impacted, published";
    line.published = true;
    line.points = {{.x = 0, .y = *rate, .low = {}, .high = {}},
                   {.x = last, .y = *rate, .low = {}, .high = {}}};
    figure.series.push_back(std::move(line));
  }
  return figure;
}

Table table_of(const Subject& subject, const std::vector<OfKernel>& kernels) {
  Table table;
  table.id = fmt::format("kernels-{}", name(subject.setting.network));
  table.experiment = "kernels";
  table.title = text("table.title", "network"_a = name(subject.setting.network));
  table.caption = text("table.caption", "batch_size"_a = subject.setting.batch_size,
                       "confidence_percent"_a = verdict_rules::confidence_percent,
                       "published"_a = subject.published.in_words);
  table.columns = {"number", "kernel", "networks", "meet a zero"};
  for (const Rule rule : all_rules) {
    table.columns.push_back(fmt::format("impacted, {}", name(rule)));
    table.columns.push_back(fmt::format("networks, {}", name(rule)));
    table.columns.push_back(fmt::format("published claim, {}", name(rule)));
  }
  table.columns.insert(table.columns.end(), {"same bits as", "control", "computed by"});
  for (std::size_t i = 0; i < kernels.size(); ++i) {
    const OfKernel& kernel = kernels[i];
    std::vector<std::string> row{std::to_string(i + 1), kernel.kernel, std::to_string(kernel.draws.size()),
                                 common::with_interval(kernel.with_zeros())};
    for (const Rule rule : all_rules) {
      row.push_back(common::with_interval(kernel.impacted(rule)));
      row.push_back(wording::fraction(kernel.impacted_networks(rule)));
      row.emplace_back(name(kernel.claim(subject.published, rule).verdict));
    }
    row.insert(row.end(), {same_bits_as(kernels, kernel),
                           kernel.basis.deterministic ? "same bits" : "differs", kernel.computed_by()});
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace relu0::kernel_study
