#pragma once
#include "reference/pass/backprop.hpp"
#include "reference/pass/equal_numbers.hpp"
#include "reference/pass/zero_origin.hpp"

#include <cstdint>

namespace relu0::reference {

/// What a tie that LibTorch meets in window `index` (batch-major) of node `node`, a max-pool, is in the real
/// numbers: structural or exact where the window's maximum stands there more than once too, because its
/// places hold equal numbers (EqualNumbers) or because the reference reached them without rounding anything;
/// rounding where one place is certainly larger than all others: their balls are disjoint. A tie of a pool
/// that does not follow a ReLU, whose input the reference does not keep, is undecided.
ZeroOrigin explain_tie(const Backprop& run, EqualNumbers& equal, const Network& network, std::size_t node,
                       std::int64_t index);

}  // namespace relu0::reference
