#include "suites/run/evidence.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

namespace relu0 {

Basis Basis::and_also(const Basis& other) const {
  Basis both = *this;
  both.deterministic = deterministic && other.deterministic;
  both.selected = selected_or_left_out() && other.selected_or_left_out();
  both.sampling = sampling == Sampling::anytime ? sampling : other.sampling;
  both.without_data = without_data.empty() ? other.without_data : without_data;
  both.left_out.insert(both.left_out.end(), other.left_out.begin(), other.left_out.end());
  if (!both.selected) {
    both.left_out.clear();  // what was not selected is the reason then
  }
  for (const DrawCount& count : other.counts) {
    if (std::none_of(counts.begin(), counts.end(),
                     [&](const DrawCount& known) { return known.key == count.key; })) {
      both.counts.push_back(count);
    }
  }
  return both;
}

std::int64_t Basis::draws() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                         [](std::int64_t sum, const DrawCount& of) { return sum + of.draws; });
}

std::int64_t Basis::most_draws() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0},
                         [](std::int64_t sum, const DrawCount& of) { return sum + of.most; });
}

std::optional<LeftOut> Evidence::left_out(const Measurement& measurement) const {
  if (sampling_ != Sampling::fixed || measurement.draws(settings_) > 0) {
    return std::nullopt;
  }
  const Setting& setting = measurement.setting;
  const bool own_kernel = setting.kernel || !setting.libraries.is_usual();
  return LeftOut{.network = name(setting.network),
                 .precision = std::string(name(setting.precision)),
                 .kernel = own_kernel ? measurement.kernel_name(settings_.kernel) : "",
                 .data_options = settings_.data_options};
}

std::int64_t Evidence::most(const Measurement& measurement) const {
  return sampling_ == Sampling::fixed ? measurement.draws(settings_) : measurement.most_draws(settings_);
}

std::vector<StoredDraw> Evidence::stored(const Measurement& measurement) const {
  std::vector<StoredDraw> draws;
  if (store_ == nullptr) {
    return draws;
  }
  const std::int64_t wanted = most(measurement);
  for (StoredDraw& draw : store_->stored_draws(measurement.key(settings_))) {
    if (sampling_ == Sampling::anytime && draw.draw != std::ssize(draws)) {
      break;
    }
    if (draw.draw < wanted) {
      draws.push_back(std::move(draw));
    }
  }
  return draws;
}

void Evidence::refuse(const Measurement& measurement, std::int64_t draw, const StoreError& error) const {
  throw StoreError(
      fmt::format("{}: {}, draw {}: {}", store_->file().string(), measurement.describe(), draw, error.what()),
      error.remedy());
}

}  // namespace relu0
