#include "suites/cell.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace relu0 {

std::string key(const Cell& cell, const RunSettings& settings) {
  const nlohmann::json identity{
      {"network", name(cell.mlp)},
      {"precision", name(cell.precision)},
      {"batch_size", cell.batch_size},
      {"extent", cell.extent == Extent::all ? "all" : "until impacted"},
      {"magnitude", cell.magnitude},
      {"data", settings.data},
      {"images", settings.images},
      {"seed", settings.seed},
      {"s", {settings.s_a, settings.s_b}},
      {"device", name(settings.device)},
      {"protocol", settings.protocol == Protocol::fast ? "fast" : "two-network"},
  };
  return identity.dump();
}

std::string describe(const Cell& cell) {
  return fmt::format("{}, {}, batch {}{}", name(cell.mlp), name(cell.precision), cell.batch_size,
                     cell.magnitude ? ", all mini-batches" : "");
}

double cost(const Cell& cell, std::int64_t images) {
  const auto parameters = static_cast<double>(build(cell.mlp).parameter_count());
  // At fp16 a sweep that may stop meets an impacted mini-batch after about a tenth of the images.
  const bool stops_early = cell.precision == Precision::fp16 && cell.extent == Extent::until_impacted;
  const double passes = stops_early ? 0.1 : 1;
  return parameters * static_cast<double>(images) * passes * (cell.precision == Precision::fp64 ? 2 : 1);
}

SweepOptions sweep_options(const Cell& cell, const RunSettings& settings) {
  return {.precision = cell.precision,
          .device = settings.device,
          .protocol = settings.protocol,
          .extent = cell.extent,
          .batch_size = cell.batch_size,
          .s_a = settings.s_a,
          .s_b = settings.s_b,
          .magnitude = cell.magnitude};
}

}  // namespace relu0
