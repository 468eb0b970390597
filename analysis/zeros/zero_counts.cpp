#include "analysis/zeros/zero_counts.hpp"

namespace relu0 {

void ZeroCounts::count(reference::ZeroOrigin origin) {
  switch (origin) {
    case reference::ZeroOrigin::structural:
      ++structural;
      break;
    case reference::ZeroOrigin::exact:
      ++exact;
      break;
    case reference::ZeroOrigin::rounding:
      ++rounding;
      break;
    case reference::ZeroOrigin::undecided:
      ++undecided;
      break;
  }
}

void ZeroCounts::add(const ZeroCounts& other) {
  structural += other.structural;
  exact += other.exact;
  rounding += other.rounding;
  undecided += other.undecided;
}

}  // namespace relu0
