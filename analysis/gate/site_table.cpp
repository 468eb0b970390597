#include "analysis/gate/site_table.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace relu0::gate {

namespace {

/// Cuts ":<number>" off the end of a text and returns the number; absent where it has no such end.
std::optional<std::int64_t> cut_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, number);
  if (error != std::errc{} || stop != end || colon + 1 == text.size()) {
    return std::nullopt;
  }
  text = text.substr(0, colon);
  return number;
}

void count(KinkCount& sum, const SiteCensus& census, std::int64_t mini_batch) {
  const bool at_zero = census.site.point == 0.0;
  // Subnormal inputs are hits only where they are flushed; the census counts them apart from the hits.
  const std::int64_t negative = at_zero ? census.zeros.negative : 0;
  sum.elements += census.elements;
  sum.negative_zeros += negative;
  (at_zero ? sum.positive_zeros : sum.other) += census.hits - negative;
  sum.reached += census.hits_that_matter;
  sum.nan_inputs += census.nan;
  if (census.hits > 0 && !sum.first_hit) {
    sum.first_hit = mini_batch;
  }
  if (census.nan > 0 && !sum.first_nan) {
    sum.first_nan = mini_batch;
  }
}

}  // namespace

SourcePlace source_place(const OperatorPlace& place) {
  if (!place.node.empty()) {
    return {.file = place.source, .line = {}, .text = place.node};
  }
  std::string_view file = place.source;
  std::optional<std::int64_t> line = cut_number(file);
  // "file:line:column" or "file:line".
  if (const auto before = cut_number(file)) {
    line = before;
  }
  return {.file = std::string(file), .line = line, .text = {}};
}

KinkSite& SiteTable::site_of(const std::string& id, KinkSite described) {
  const auto [entry, added] = index_.try_emplace(id, sites_.size());
  if (added) {
    for (const Precision precision : precisions_) {
      described.counts.push_back({.precision = precision});
    }
    sites_.push_back(std::move(described));
    ids_.push_back(sites_.back().controlled ? id : "");
  }
  return sites_[entry->second];
}

KinkCount* SiteTable::count_at(KinkSite& site, Precision precision) {
  const auto found = std::find_if(site.counts.begin(), site.counts.end(),
                                  [precision](const KinkCount& one) { return one.precision == precision; });
  return found == site.counts.end() ? nullptr : &*found;
}

void SiteTable::add(Precision precision, std::int64_t mini_batch, const std::vector<SiteCensus>& sites) {
  for (const SiteCensus& census : sites) {
    KinkSite& site = site_of(census.site.id(), {.operation = census.site.place.op,
                                                .kink = std::string(name(census.site.kink)),
                                                .source = source_place(census.site.place),
                                                .module = census.site.place.module,
                                                .controlled = true,
                                                .on_data = true});
    site.on_data = site.on_data && !census.needs_gradient;
    if (KinkCount* const sum = count_at(site, precision)) {
      count(*sum, census, mini_batch);
    }
  }
}

void SiteTable::add(Precision precision, std::int64_t mini_batch,
                    const std::vector<UncontrolledOperator>& operators) {
  for (const UncontrolledOperator& one : operators) {
    KinkSite& site =
        site_of("uncontrolled " + describe(one.place) + one.why,
                {.operation = one.place.op,
                 .kink = one.known_kink ? "uncontrolled" : "unknown",
                 .source = source_place(one.place),
                 .module = one.place.module,
                 .controlled = false,
                 .why_not_controlled = !one.why.empty()  ? one.why
                                       : !one.known_kink ? "relu0 does not know whether it has a kink"
                                       : one.hits        ? "relu0 has no choices for this operator"
                                                  : "relu0 has no choices for this operator, and cannot "
                                                    "tell whether an input lies on its kink"});
    site.located = site.located && one.hits.has_value();
    KinkCount* const sum = count_at(site, precision);
    if (sum == nullptr || !one.hits) {
      continue;
    }
    sum->elements += one.elements;
    sum->other += *one.hits;
    if (*one.hits > 0 && !sum->first_hit) {
      sum->first_hit = mini_batch;
    }
  }
}

}  // namespace relu0::gate
