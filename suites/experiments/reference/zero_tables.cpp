#include "suites/experiments/reference/zero_tables.hpp"

#include "suites/texts/texts.hpp"
#include "suites/verdicts/verdict_rules.hpp"
#include "suites/verdicts/wording.hpp"

#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr Texts zero_text{"zero-origin"};

/// "61 (100.0 %)"; "–" where there is no whole, and so no share.
std::string share_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "–"
                    : fmt::format("{} ({:.1f} %)", part,
                                  100 * static_cast<double>(part) / static_cast<double>(whole));
}

/// "12 rounding, 3 exact"; "–" for none.
std::string by_origin(const ZeroCounts& zeros) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::int64_t count, reference::ZeroOrigin origin) {
    if (count > 0) {
      parts.push_back(fmt::format("{} {}", count, reference::name(origin)));
    }
  };
  add(zeros.rounding, reference::ZeroOrigin::rounding);
  add(zeros.exact, reference::ZeroOrigin::exact);
  add(zeros.structural, reference::ZeroOrigin::structural);
  add(zeros.undecided, reference::ZeroOrigin::undecided);
  return parts.empty() ? "–" : fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace

Table zero_origin_table(const std::string& experiment, const std::vector<ZeroEvidence>& evidence) {
  Table table;
  table.id = experiment + "-counts";
  table.experiment = experiment;
  table.title = zero_text("counts-table.title");
  table.caption =
      zero_text("counts-table.caption", "confidence_percent"_a = verdict_rules::confidence_percent);
  table.columns = {"network",
                   "precision",
                   "networks",
                   "images",
                   "ReLU inputs",
                   "zeros met",
                   "rounding",
                   "exact",
                   "structural",
                   "undecided",
                   "networks with a zero",
                   "networks with an exact zero",
                   "interval"};
  for (const ZeroEvidence& in_setting : evidence) {
    if (in_setting.draws.empty()) {
      continue;
    }
    const ZeroCounts zeros = in_setting.zeros();
    const std::int64_t total = zeros.total();
    table.rows.push_back(
        {name(in_setting.setting.network), std::string(name(in_setting.setting.precision)),
         std::to_string(in_setting.draws.size()), std::to_string(in_setting.images()),
         std::to_string(in_setting.relu_inputs()), std::to_string(total), share_of(zeros.rounding, total),
         share_of(zeros.exact, total), share_of(zeros.structural, total), share_of(zeros.undecided, total),
         wording::fraction(in_setting.with_zero()), wording::fraction(in_setting.with_exact_zero()),
         wording::interval(clopper_pearson(in_setting.with_exact_zero(), verdict_rules::confidence))});
  }
  return table;
}

Table zeros_by_layer_table(const std::string& experiment, const std::vector<ZeroEvidence>& evidence) {
  Table table;
  table.id = experiment + "-layers";
  table.experiment = experiment;
  table.title = zero_text("layers-table.title");
  table.caption = zero_text("layers-table.caption");
  table.columns = {"network", "layer"};
  for (const Precision precision : all_precisions) {
    table.columns.emplace_back(name(precision));
  }
  struct Row {
    std::string network;
    std::string layer;
    std::map<Precision, ZeroCounts> zeros;
  };
  std::vector<Row> rows;
  std::map<std::pair<std::string, std::string>, std::size_t> row_of;
  for (const ZeroEvidence& in_setting : evidence) {
    for (const ZeroOriginsOutcome& draw : in_setting.draws) {
      for (const LayerZeroOrigins& layer : draw.layers) {
        const auto [at, is_new] =
            row_of.try_emplace({name(in_setting.setting.network), layer.layer}, rows.size());
        if (is_new) {
          rows.push_back({name(in_setting.setting.network), layer.layer, {}});
        }
        rows[at->second].zeros[in_setting.setting.precision].add(layer.zeros);
      }
    }
  }
  for (Row& row : rows) {
    std::vector<std::string> texts{row.network, row.layer};
    ZeroCounts of_layer;
    for (const Precision precision : all_precisions) {
      of_layer.add(row.zeros[precision]);
      texts.push_back(by_origin(row.zeros[precision]));
    }
    if (of_layer.total() > 0) {
      table.rows.push_back(std::move(texts));
    }
  }
  return table;
}

}  // namespace relu0
