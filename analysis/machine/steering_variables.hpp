#pragma once
#include <string>
#include <vector>

namespace relu0 {

/// A variable of the process's environment by which a numerical library chooses its kernels.
struct SteeringVariable {
  std::string name;    ///< "DNNL_MAX_CPU_ISA"
  std::string steers;  ///< "oneDNN": the library that reads it
};

/// All that are known to change bits. A library reads its own when it is loaded or first used: setting one
/// later changes nothing.
const std::vector<SteeringVariable>& steering_variables();

/// The variable's value, or "absent".
std::string value_of(const SteeringVariable& variable);

/// What value_of() says of a variable that is not set.
inline constexpr const char* absent_variable = "absent";

}  // namespace relu0
