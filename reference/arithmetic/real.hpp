#pragma once
#include <mpfr.h>

namespace relu0::reference {

/// One MPFR number that frees itself. 0 when made.
class Real {
 public:
  explicit Real(mpfr_prec_t bits) {
    mpfr_init2(number_, bits);
    mpfr_set_zero(number_, 1);
  }
  ~Real() { mpfr_clear(number_); }
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;

  operator mpfr_ptr() { return number_; }
  operator mpfr_srcptr() const { return number_; }

 private:
  mpfr_t number_;
};

}  // namespace relu0::reference
