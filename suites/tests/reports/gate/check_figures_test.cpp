#include "reports/writers/gate/check_figures.hpp"

#include <gtest/gtest.h>

namespace relu0 {
namespace {

TEST(CheckFigures, AreShort) {
  const CheckFigures figures = figures_of({.seen = 0.00305361331118, .allowed = 0.000218601480181});
  EXPECT_EQ(figures.seen, "0.00305361");
  EXPECT_EQ(figures.allowed, "0.000218601");
  EXPECT_EQ(figures.margin, "-0.00283501");
}

TEST(CheckFigures, HaveAllDigitsWhereALimitIsMissedByAnUlp) {
  const CheckFigures figures = figures_of({.seen = 0.1 + 0x1p-56, .allowed = 0.1});
  EXPECT_EQ(figures.allowed, "0.1");
  EXPECT_EQ(figures.seen, "0.10000000000000002");
}

TEST(CheckFigures, AreAbsentWhereTheCheckHasNone) {
  const CheckFigures figures = figures_of({});
  EXPECT_EQ(figures.seen + figures.allowed + figures.margin, "");
}

}  // namespace
}  // namespace relu0
