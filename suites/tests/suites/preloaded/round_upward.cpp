// Loaded before relu0 by tests (LD_PRELOAD): changes the rounding mode of the whole process.
#include <cfenv>

namespace {

[[gnu::constructor]] void round_upward() { (void)std::fesetround(FE_UPWARD); }

}  // namespace
