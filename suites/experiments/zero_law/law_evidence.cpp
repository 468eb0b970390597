#include "suites/experiments/zero_law/law_evidence.hpp"

#include <cmath>
#include <numeric>

namespace relu0::law_evidence {

bool Layer::asked() const {
  return expected() >= enough_zeros || static_cast<double>(statistics.counted()) >= enough_zeros;
}

bool Layer::inside() const {
  const auto counted = static_cast<double>(statistics.counted());
  return prediction && prediction->counts.low <= counted && counted <= prediction->counts.high;
}

std::int64_t LawEvidence::images() const {
  return std::accumulate(draws.begin(), draws.end(), std::int64_t{0},
                         [](std::int64_t sum, const ZeroLawOutcome& draw) { return sum + draw.images; });
}

std::int64_t LawEvidence::counted() const {
  return std::accumulate(
      layers.begin(), layers.end(), std::int64_t{0},
      [](std::int64_t sum, const Layer& layer) { return sum + layer.statistics.counted(); });
}

std::int64_t LawEvidence::structural() const {
  return std::accumulate(
      layers.begin(), layers.end(), std::int64_t{0},
      [](std::int64_t sum, const Layer& layer) { return sum + layer.statistics.structural; });
}

double LawEvidence::expected() const {
  return std::accumulate(layers.begin(), layers.end(), 0.0,
                         [](double sum, const Layer& layer) { return sum + layer.expected(); });
}

std::vector<double> LawEvidence::expected_by_network(double images_seen) const {
  std::vector<double> result;
  auto layer = layers.begin();
  for (const ZeroLawOutcome& draw : draws) {
    double expected = 0;
    for (std::size_t i = 0; i < draw.layers.size(); ++i, ++layer) {
      expected += layer->expected();
    }
    result.push_back(expected * images_seen / static_cast<double>(draw.images));
  }
  return result;
}

Proportion LawEvidence::inside() const {
  Proportion result;
  for (const Layer& layer : layers) {
    result.trials += layer.asked() ? 1 : 0;
    result.successes += layer.asked() && layer.inside() ? 1 : 0;
  }
  return result;
}

std::vector<LawEvidence> gather(const std::vector<ZeroLaw>& measurements, const Evidence& evidence) {
  std::vector<LawEvidence> result;
  for (const ZeroLaw& measurement : measurements) {
    LawEvidence& of_setting = result.emplace_back(LawEvidence{evidence.of(measurement), {}});
    for (const ZeroLawOutcome& draw : of_setting.draws) {
      for (const LayerZeroLaw& layer : draw.layers) {
        of_setting.layers.push_back(
            {layer.layer, layer.statistics, predict_zeros(layer.statistics, interval_confidence)});
      }
    }
  }
  return result;
}

Basis basis(const std::vector<LawEvidence>& evidence) {
  Basis result;
  for (const LawEvidence& of_setting : evidence) {
    result = result.and_also(of_setting.basis());
  }
  return result;
}

Proportion inside(const std::vector<LawEvidence>& evidence) {
  Proportion result;
  for (const LawEvidence& of_setting : evidence) {
    const Proportion of_layers = of_setting.inside();
    result.successes += of_layers.successes;
    result.trials += of_layers.trials;
  }
  return result;
}

std::optional<LogLinearFit> fit_by_bits(const std::vector<LawEvidence>& evidence, double batch) {
  std::vector<CountAt> counts;
  for (const LawEvidence& at_bits : evidence) {
    if (!at_bits.draws.empty()) {
      counts.push_back({.x = static_cast<double>(at_bits.setting.kernel.value().order.bits),
                        .count = static_cast<double>(at_bits.counted()),
                        .exposure = static_cast<double>(at_bits.images()) / batch});
    }
  }
  return LogLinearFit::of(counts);
}

double share_with_zero(const std::vector<double>& expected) {
  double share = 0;
  for (const double zeros : expected) {
    share -= std::expm1(-zeros);
  }
  return share / static_cast<double>(expected.size());
}

}  // namespace relu0::law_evidence
