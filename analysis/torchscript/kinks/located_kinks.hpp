#pragma once
// Private to analysis: includes LibTorch.
#include "analysis/torchscript/kinks/operator_kinds.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0 {

/// What becomes of a gradient at a kink or jump at which the toolkit has no choice to offer.
enum class LocatedKind {
  kink,        ///< continuous: it matters where a gradient reaches the result
  comparison,  ///< a jump where two operands are equal; none where their difference is constant
  jump,        ///< any other
};

/// What a call of an operator met of them.
struct LocatedHits {
  LocatedKind kind = LocatedKind::jump;
  /// bool: which of the inputs, pairs of inputs or slices that could have met one lie on one.
  at::Tensor mask{};

  [[nodiscard]] std::int64_t elements() const { return mask.numel(); }
  [[nodiscard]] std::int64_t hits() const;
};

/// Whether the toolkit knows where the kinks of the operator of a name without overload lie (points, ties,
/// the zero vector of a norm), though it has no choice there.
bool has_located_kinks(const std::string& name);

/// Counts them once the operator has run. `arguments`: as they were before, of an operator that works in
/// place too. Absent where these arguments put the kinks at places that are not known (a norm of order
/// infinity). In exact arithmetic on the numbers given: an element counts where it lies on the kink exactly.
std::optional<LocatedHits> located_hits(const std::string& name, const OperatorArguments& arguments,
                                        const std::vector<c10::IValue>& results);

}  // namespace relu0
