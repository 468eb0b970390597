#pragma once
#include "reference/arithmetic/tensor.hpp"
#include "reference/gradient/number.hpp"

#include <cstdint>

namespace relu0::reference {

/// The elements, row-major, in `rows` rows, each rounded to nearest at `bits` bits.
NumberMatrix to_matrix(const Tensor& tensor, std::int64_t rows, int bits);

/// The elements of a matrix, row by row, rounded to nearest at `bits` bits. Throws InputError where there are
/// not as many as the shape takes.
Tensor to_tensor(const NumberMatrix& matrix, const Shape& shape, int bits);

}  // namespace relu0::reference
