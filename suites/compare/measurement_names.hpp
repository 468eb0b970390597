#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace relu0 {

/// Names measurements by what a run's progress lines call them (Measurement::describe()), from nothing but
/// the keys that stores keep their draws under.
class MeasurementNames {
 public:
  /// The description of the first measurement of an experiment whose key is this one, whatever the run's
  /// settings and data were; the key itself where none is: of an earlier version, or another program's. A key
  /// does not tell whether the run or the measurement chose the kernel, or the number of images: a kernel
  /// that is not the usual one is named where a measurement chooses it.
  [[nodiscard]] std::string of(const std::string& key);

 private:
  /// What a measurement's key says whatever a run's settings are, but for its kernel and device.
  struct Known {
    nlohmann::json fields;
    nlohmann::json images;  ///< that it takes where the run has enough; null where its key names none
    std::string description;
    bool chooses_kernel = false;
  };
  using Choice = std::pair<std::string, std::string>;  ///< a kernel's and a device's names

  [[nodiscard]] const std::vector<Known>& known(const Choice& choice);

  std::map<Choice, std::vector<Known>> known_;
};

}  // namespace relu0
