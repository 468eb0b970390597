#include "suites/compare/measurement_names.hpp"

#include "fixtures/error.hpp"
#include "suites/experiments/experiment.hpp"

#include <cstddef>
#include <utility>

namespace relu0 {

namespace {

/// Runs that differ in every setting that a key may depend on, so that what their keys share is the
/// measurement's own.
std::vector<RunSettings> some_runs() {
  RunSettings quick;
  quick.images = 50'000;
  RunSettings other = quick;
  other.scale = RunScale::paper;
  other.images = 3;  // fewer than any key names of itself
  other.epochs = 3;
  other.rate_candidates = 5;
  other.seed = 2;
  other.s_a = 0.25;
  other.s_b = 0.75;
  other.protocol = Protocol::two_network;
  other.reference_bits = 192;
  other.max_reference_bits = 1024;
  RunSettings longer = quick;
  longer.minibatches = 7;
  return {quick, other, longer};
}

nlohmann::json identity_in(const Measurement& measurement, RunSettings settings, const std::string& data) {
  settings.data[measurement.setting.data] = {
      .name = data, .identity = data, .test_identity = data, .test_images = *settings.images};
  return nlohmann::json::parse(measurement.key(settings));
}

/// The fields that both objects have alike.
nlohmann::json in_common(const nlohmann::json& a, const nlohmann::json& b) {
  nlohmann::json fields = nlohmann::json::object();
  for (const auto& [field, value] : a.items()) {
    if (b.contains(field) && b[field] == value) {
      fields[field] = value;
    }
  }
  return fields;
}

/// Whether a key holds the fields, and names a kernel and libraries where they do.
bool fits(const nlohmann::json& key, const nlohmann::json& fields) {
  for (const auto& [field, value] : fields.items()) {
    if (!key.contains(field) || key[field] != value) {
      return false;
    }
  }
  return key.contains("kernel") == fields.contains("kernel") &&
         key.contains("libraries") == fields.contains("libraries");
}

std::string text_in(const nlohmann::json& key, const char* field, const char* usual) {
  const auto found = key.find(field);
  return found != key.end() && found->is_string() ? found->get<std::string>() : usual;
}

}  // namespace

const std::vector<MeasurementNames::Known>& MeasurementNames::known(const Choice& choice) {
  const auto found = known_.find(choice);
  if (found != known_.end()) {
    return found->second;
  }
  std::vector<RunSettings> runs = some_runs();
  for (RunSettings& run : runs) {
    run.kernel = parse_kernel_choice(choice.first);
    run.device = parse_device(choice.second);
  }
  std::vector<Known>& all = known_[choice];
  for (const Experiment& experiment : experiments()) {
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      const nlohmann::json of_first = identity_in(*measurement, runs.front(), "");
      nlohmann::json fields = of_first;
      for (std::size_t i = 1; i < runs.size(); ++i) {
        fields = in_common(fields, identity_in(*measurement, runs[i], std::to_string(i)));
      }
      all.push_back({.fields = std::move(fields),
                     .images = of_first.value("images", nlohmann::json()),
                     .description = measurement->describe(),
                     .chooses_kernel = measurement->setting.kernel.has_value()});
    }
  }
  return all;
}

std::string MeasurementNames::of(const std::string& key) {
  const nlohmann::json parsed = nlohmann::json::parse(key, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) {
    return key;
  }
  try {
    const Choice choice{text_in(parsed, "kernel", "native"), text_in(parsed, "device", "cpu")};
    const bool is_usual = choice.first == name(usual_kernel(parse_device(choice.second)));
    const nlohmann::json images = parsed.value("images", nlohmann::json());
    const Known* found = nullptr;
    int most = -1;
    for (const Known& one : known(choice)) {
      const int likeness = (!is_usual && one.chooses_kernel ? 2 : 0) + (one.images == images ? 1 : 0);
      if (likeness > most && fits(parsed, one.fields)) {
        found = &one;
        most = likeness;
      }
    }
    return found == nullptr ? key : found->description;
  } catch (const InputError&) {
    return key;  // a kernel or device that this version does not know
  }
}

}  // namespace relu0
