// What a model that fails while it runs is said to have done.
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/input_error.hpp"

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::module_of;
using test::saved;
using test::vector_of;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ScriptThatFails, InItsBackwardPassIsSaidToAndWithoutLibtorchsOwnFrames) {
  // ReLU keeps its result, which the second one overwrites: LibTorch refuses the backward pass.
  const ScriptModel model =
      saved(module_of("  y = torch.relu(x + self.b)\n  y.relu_()\n  return (y * self.c).sum()\n", {1, 2}));
  EXPECT_THAT(test::input_error_of([&] {
                (void)test::run(model, vector_of({1, 2}));
              }),
              AllOf(HasSubstr("the model's backward pass fails: "), HasSubstr("inplace operation"),
                    Not(HasSubstr("frame #"))));
}

TEST(ScriptThatFails, InItsForwardPassNamesTheLine) {
  const ScriptModel model =
      saved(module_of("  y = torch.relu(x + self.b)\n  return torch.matmul(y, x.view([1, 2]))\n", {1, 2}));
  EXPECT_THAT(test::input_error_of([&] {
                (void)test::run(model, vector_of({1, 2}));
              }),
              AllOf(HasSubstr("the model fails while it runs"), HasSubstr("torch.matmul"),
                    Not(HasSubstr("frame #"))));
}

}  // namespace
}  // namespace relu0
