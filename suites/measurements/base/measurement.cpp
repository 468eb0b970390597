#include "suites/measurements/base/measurement.hpp"

#include "reports/model/store_error.hpp"
#include "suites/measurements/base/cost.hpp"

#include <fmt/format.h>

namespace relu0 {

std::string Measurement::key(const RunSettings& settings) const {
  nlohmann::json identity{
      {"network", name(setting.network)},
      {"precision", name(setting.precision)},
      {"batch_size", setting.batch_size},
      {"data", settings.data.at(setting.data).identity},
      {"seed", settings.seed},
      {"device", name(settings.device)},
  };
  // Stores of before there was a choice of kernels keep their keys.
  if (const KernelChoice chosen = kernel(settings); chosen.family != KernelFamily::native) {
    identity["kernel"] = name(chosen);
    // Stores of before the portable kernels added it to the sum in binary32 hold other bits.
    if (chosen.family == KernelFamily::portable && storage_bits(setting.precision) == 16) {
      identity["linear_bias"] = "in binary32";
    }
  }
  if (!setting.libraries.is_usual()) {
    identity["libraries"] = name(setting.libraries);
  }
  if (settings.fault != EngineFault::none) {
    identity["fault"] = static_cast<int>(settings.fault);
  }
  identify(settings, identity);
  return identity.dump();
}

bool Measurement::depends_on_s() const {
  RunSettings one;
  one.data.emplace(setting.data, DataFacts{});
  RunSettings other = one;
  other.s_a = 0.25;  // neither value is one of the usual ones
  other.s_b = 0.75;
  return key(one) != key(other);
}

std::string Measurement::describe() const {
  return fmt::format("{} on {}, {}, batch {}{}: {}", name(setting.network), name(setting.data),
                     name(setting.precision), setting.batch_size,
                     setting.kernel || !setting.libraries.is_usual()
                         ? fmt::format(", kernel {}", kernel_name(setting.kernel.value_or(KernelChoice{})))
                         : "",
                     work());
}

std::string Measurement::kernel_name(const KernelChoice& of_run) const {
  const std::string kernel = name(setting.kernel.value_or(of_run));
  return setting.libraries.is_usual() ? kernel : fmt::format("{}:{}", kernel, name(setting.libraries));
}

std::vector<FieldValue> Measurement::field_values(const KernelChoice& of_run) const {
  std::vector<FieldValue> result{{"network", name(setting.network)},
                                 {"precision", std::string(name(setting.precision))},
                                 {"batch", std::to_string(setting.batch_size)},
                                 {"data", std::string(name(setting.data))},
                                 {"kernel", kernel_name(of_run)},
                                 {"kind", std::string(kind())}};
  for (FieldValue& field : own_field_values()) {
    result.push_back(std::move(field));
  }
  return result;
}

double Measurement::cost(const Network& network, const RunSettings& settings) const {
  return network.multiply_adds() * passes(network, settings) * (setting.precision == Precision::fp64 ? 2 : 1);
}

std::int64_t Measurement::draws(const RunSettings& settings) const {
  if (only_on_request() && !settings.on_request) {
    return 0;
  }
  const auto& given = setting.precision == Precision::fp64 ? settings.fp64_networks : settings.networks;
  return given.value_or(usual_draws(settings.scale));
}

std::int64_t Measurement::most_draws(const RunSettings& settings) const {
  if (only_at_planned_number()) {
    return draws(settings);
  }
  RunSettings most = settings;
  most.scale = RunScale::paper;
  return draws(most);
}

bool Measurement::shares_data_with(const Measurement& other) const {
  return kind() == other.kind() && setting.data == other.setting.data &&
         setting.precision == other.setting.precision && setting.kernel == other.setting.kernel &&
         setting.libraries == other.setting.libraries;
}

void refuse_stored(std::string_view kind, const std::exception& why) {
  throw StoreError(fmt::format("a draw in the store is not of the kind {} ({}); was it written by another "
                               "program? Start anew in another folder",
                               kind, why.what()),
                   StoreRemedy::other_folder);
}

void refuse_contradiction(const std::string& what) {
  if (!what.empty()) {
    throw StoreError(fmt::format("it contradicts the measurement that it is stored under: {}; was it written "
                                 "by another program? Start anew in another folder",
                                 what),
                     StoreRemedy::other_folder);
  }
}

}  // namespace relu0
