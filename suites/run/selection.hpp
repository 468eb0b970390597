#pragma once
#include "suites/measurements/base/measurement.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace relu0 {

/// The names of the fields that measurements of these kinds can be selected by, each once.
std::vector<std::string> selectable_fields(const Measurements& kinds);

/// Which of its measurements a run is limited to: "network=VGG11,network=ResNet18,precision=fp32" selects
/// those of either network at fp32. A condition names a field (Measurement::field_values()) and a value,
/// which are compared without regard to case. Conditions on the same field are alternatives, and every field
/// that is named must fit. Without a condition all measurements are selected.
class Selection {
 public:
  Selection() = default;

  /// conditions: separated by commas. known_fields: the names that a condition may have. kernel: the run's,
  /// which measurements have that do not choose one. Throws
  /// InputError for a condition of another form, and for an unknown field, listing the known ones.
  Selection(std::string_view conditions, const std::vector<std::string>& known_fields,
            const KernelChoice& kernel = usual_kernel(Device::cpu));

  [[nodiscard]] bool everything() const { return conditions_.empty(); }
  [[nodiscard]] bool selects(const Measurement& measurement) const;

  /// Those of `measurements` that are selected, in their order.
  [[nodiscard]] Measurements of(const Measurements& measurements) const;

  /// The conditions that none of `measurements` fits, each as "network=VGG12".
  [[nodiscard]] std::vector<std::string> unmet(const Measurements& measurements) const;

  /// The conditions as the constructor takes them.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<FieldValue> conditions_;
  KernelChoice kernel_;
};

/// The values that the fields of some measurements have, a line for each field: "  precision: fp16, fp32".
/// kernel: the run's.
std::string describe_field_values(const Measurements& measurements,
                                  const KernelChoice& kernel = usual_kernel(Device::cpu));

}  // namespace relu0
