#include "reference/gradient/number_tensors.hpp"

#include "fixtures/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0::reference {

Number rounded(mpfr_srcptr value, int bits) {
  Number result;
  // Boost gave it the default precision, which anybody may have changed.
  mpfr_set_prec(result.backend().data(), bits);
  mpfr_set(result.backend().data(), value, MPFR_RNDN);
  return result;
}

NumberMatrix to_matrix(const Tensor& tensor, std::int64_t rows, int bits) {
  NumberMatrix result(rows, rows == 0 ? 0 : tensor.size() / rows);
  for (std::int64_t i = 0; i < tensor.size(); ++i) {
    // Moved, which takes the precision over; copying would keep the target's.
    result.data()[i] = rounded(tensor[i], bits);
  }
  return result;
}

Tensor to_tensor(const NumberMatrix& matrix, const Shape& shape, int bits) {
  if (matrix.size() != element_count(shape)) {
    throw InputError(fmt::format("an output gradient of {} x {} for an output of [{}]", matrix.rows(),
                                 matrix.cols(), fmt::join(shape, "x")));
  }
  Tensor result(bits, shape);
  for (std::int64_t i = 0; i < result.size(); ++i) {
    mpfr_set(result.slot(i), matrix.data()[i].backend().data(), MPFR_RNDN);
  }
  return result;
}

}  // namespace relu0::reference
