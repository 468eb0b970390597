#include "suites/tests/operations/operation_cases.hpp"

#include "fixtures/random/split_mix64.hpp"

#include <cmath>
#include <limits>
#include <utility>

namespace relu0::cases {

namespace {

using Values = std::vector<double>;

const Window uneven{.kernel = {3, 2}, .stride = {2, 3}, .padding = {1, 0}};
const double nan = std::numeric_limits<double>::quiet_NaN();
const double infinity = std::numeric_limits<double>::infinity();

/// What a choice makes of a gradient at a kink.
double chosen(const DerivativeChoice& choice, double g) {
  return choice.rule == Rule::chain_rule ? choice.value * g : choice.value;
}

OperationCase linear() {
  return {
      .name = "Linear",
      .samples = {{"linear", Linear{7, 5}, {{7}}, {5}},
                  {"linear_without_bias", Linear{7, 5, false}, {{7}}, {5}},
                  {"linear_of_images", Linear{12, 3}, {{3, 2, 2}}, {3}}},
      .errors = {{Linear{143, 5}, {{144}}, "a Linear of 143 input features follows a node of 144 values"},
                 {Linear{144, 0}, {{144}}, "at least one input and one output feature"},
                 {Linear{144, 5}, {}, "exactly one input"}},
      .zeros = {{Linear{2, 3}, {2}, {0, 5, 0, 0}, {{1, 0, 0, 1, 2, 3}, {0, 0, 0}}, {}, {1, 0, 0, 1, 1, 1}},
                {Linear{2, 1}, {2}, {0, 0, 0, 1}, {{1, 1}, {0.5}}, {}, {0, 0}}}};
}

OperationCase convolution() {
  return {
      .name = "Convolution",
      .samples =
          {{"convolution_3x3_padded", Convolution{3, 4, square_window(3, 1, 1)}, {{3, 5, 6}}, {4, 5, 6}},
           {"convolution_7x7_stride_2", Convolution{2, 3, square_window(7, 2, 3)}, {{2, 9, 8}}, {3, 5, 4}},
           {"convolution_1x1_stride_2",
            Convolution{3, 2, square_window(1, 2), false},
            {{3, 5, 4}},
            {2, 3, 2}},
           {"convolution_uneven", Convolution{2, 2, uneven}, {{2, 6, 9}}, {2, 3, 3}},
           {"convolution_grouped",
            Convolution{4, 6, square_window(3, 2, 1), true, 2},
            {{4, 5, 6}},
            {6, 3, 3}},
           {"convolution_depthwise", Convolution{3, 3, square_window(3), false, 3}, {{3, 4, 5}}, {3, 2, 3}},
           {"convolution_dilated",
            Convolution{2, 2, {.kernel = {3, 2}, .padding = {2, 1}, .dilation = {2, 3}}},
            {{2, 5, 6}},
            {2, 5, 5}},
           {"convolution_dilated_with_stride",
            Convolution{2, 2, {.kernel = {3, 4}, .stride = {2, 4}, .padding = {1, 3}, .dilation = {3, 2}}},
            {{2, 9, 8}},
            {2, 3, 2}},
           {"convolution_uneven_padding",
            Convolution{2, 3, {.kernel = {3, 2}, .padding = {1, 0}, .padding_end = {{0, 2}}}},
            {{2, 4, 3}},
            {3, 3, 4}},
           {"convolution_wide_padding", Convolution{1, 2, square_window(2, 1, 3)}, {{1, 3, 3}}, {2, 8, 8}}},
      .errors =
          {{Convolution{3, 4, square_window(1)}, {{3, 8}}, "needs channels x height x width"},
           {Convolution{2, 4, square_window(1)},
            {{3, 8, 6}},
            "a Convolution of 2 input channels follows a node of 3"},
           {Convolution{0, 4, square_window(1)}, {{3, 8, 6}}, "at least one input and one output channel"},
           {Convolution{3, 4, {.kernel = {1, 0}}}, {{3, 8, 6}}, "a kernel and a stride of at least 1"},
           {Convolution{3, 4, {.padding = {0, -1}}}, {{3, 8, 6}}, "a padding of at least 0"},
           {Convolution{3, 4, {.padding_end = {{0, -1}}}}, {{3, 8, 6}}, "a padding of at least 0, got -1"},
           {Convolution{3, 4, {.dilation = {0, 1}}}, {{3, 8, 6}}, "a dilation of at least 1, got 0"},
           {Convolution{3, 4, {.ceil = true}}, {{3, 8, 6}}, "only pools round them up"},
           {Convolution{3, 4, {}, true, 2}, {{3, 8, 6}}, "a Convolution of 2 groups needs 3 input and 4"},
           {Convolution{3, 4, {}, true, 0}, {{3, 8, 6}}, "a Convolution of 0 groups"},
           {Convolution{3, 4, {.kernel = {9, 1}}}, {{3, 8, 6}}, "does not fit into an input of extent 8"}},
      .zeros = {{Convolution{1, 1, {.kernel = {1, 2}, .padding = {0, 1}}, false},
                 {1, 1, 2},
                 {0, 3, 0, 0},
                 {{1, 2}},
                 {},
                 {1, 0, 0, 1, 1, 1}},
                {Convolution{2, 2, {.kernel = {1, 2}, .padding = {0, 2}, .dilation = {1, 2}}, false, 2},
                 {2, 1, 2},
                 {0, 3, 5, 0, 1, 1, 0, 0},
                 {{1, 2, 0, 1}},
                 {},
                 {1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1}}}};
}

OperationCase local_response_norm() {
  return {.name = "LocalResponseNorm",
          .samples = {{.name = "local_response_norm",
                       .operation = LocalResponseNorm{.size = 3, .alpha = 0.5, .beta = 0.75, .bias = 2},
                       .inputs = {{5, 2, 3}},
                       .output = {5, 2, 3},
                       .exact = false},
                      {.name = "local_response_norm_wider_than_channels",
                       .operation = LocalResponseNorm{.alpha = 1},
                       .inputs = {{2, 2, 2}},
                       .output = {2, 2, 2},
                       .exact = false}},
          .errors = {{LocalResponseNorm{}, {{3, 8}}, "a LocalResponseNorm needs channels x height x width"},
                     {LocalResponseNorm{.size = 4}, {{3, 8, 6}}, "needs an odd size, got 4"},
                     {LocalResponseNorm{.bias = 0}, {{3, 8, 6}}, "needs a positive bias"},
                     {LocalResponseNorm{.alpha = nan}, {{3, 8, 6}}, "an alpha of at least 0"},
                     {LocalResponseNorm{.beta = infinity}, {{3, 8, 6}}, "a finite beta"}},
          .zeros = {{LocalResponseNorm{}, {2, 1, 1}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase scale() {
  return {
      .name = "Scale",
      .samples = {{"scale_channels", Scale{{3, 1, 1}}, {{3, 2, 4}}, {3, 2, 4}},
                  {"scale_features", Scale{{6}}, {{6}}, {6}},
                  {"scale_by_one_number", Scale{{1}}, {{6}}, {6}},
                  {"scale_columns", Scale{{1, 2, 1}}, {{3, 2, 2}}, {3, 2, 2}}},
      .errors = {{Scale{{2, 1, 1}}, {{3, 8, 6}}, "a Scale of shape [2x1x1] follows a node of shape [3x8x6]"},
                 {Scale{{3}}, {{3, 8, 6}}, "needs as many extents"}},
      .zeros = {
          {Scale{{2, 1, 1}}, {2, 1, 2}, {0, 1, 2, 3, 0, 0, 0, 0}, {{1, 0}}, {}, {1, 0, 1, 1, 1, 1, 1, 1}}}};
}

OperationCase shift() {
  return {
      .name = "Shift",
      .samples = {{"shift_channels", Shift{{3, 1, 1}}, {{3, 2, 4}}, {3, 2, 4}},
                  {"shift_features", Shift{{6}}, {{6}}, {6}},
                  {"shift_by_one_number", Shift{{1}}, {{6}}, {6}}},
      .errors = {{Shift{{2, 1, 1}}, {{3, 8, 6}}, "a Shift of shape [2x1x1] follows a node of shape [3x8x6]"}},
      .zeros = {
          {Shift{{2, 1, 1}}, {2, 1, 2}, {0, 1, 0, 3, 0, 0, 0, 0}, {{0, 1}}, {}, {1, 0, 0, 0, 1, 1, 0, 0}}}};
}

OperationCase batch_norm() {
  return {.name = "BatchNorm",
          .samples = {{.name = "batch_norm_of_mini_batch",
                       .operation = BatchNorm{3},
                       .inputs = {{3, 4, 5}},
                       .output = {3, 4, 5},
                       .batch = 3,
                       .exact = false},
                      {.name = "batch_norm_of_features",
                       .operation = BatchNorm{4},
                       .inputs = {{4}},
                       .output = {4},
                       .batch = 5,
                       .exact = false},
                      {.name = "batch_norm_running",
                       .operation = BatchNorm{3, 1e-5, BatchStatistics::running},
                       .inputs = {{3, 2, 2}},
                       .output = {3, 2, 2},
                       .exact = false}},
          .errors = {{BatchNorm{4}, {{3, 8, 6}}, "a BatchNorm of 4 features follows a node of 3 features"},
                     {BatchNorm{4}, {{}}, "follows a node of 0 features"},
                     {BatchNorm{3, 0}, {{3}}, "needs a positive epsilon"},
                     {BatchNorm{3, nan}, {{3}}, "needs a positive epsilon"}},
          .zeros = {{BatchNorm{2}, {2}, {0, 1, 0, 2}, {{1, 1}, {0, 0}}, {}, {1, 0, 1, 0}},
                    {BatchNorm{2}, {2}, {3, 0, 1, 0}, {{0, 1}, {0, 1}}, {}, {1, 0, 1, 0}},
                    {BatchNorm{2, 1e-5, BatchStatistics::running},
                     {2},
                     {0, 0, 1, 0},
                     {{1, 1}, {0, 0}},
                     {{0, 1}, {1, 1}},
                     {1, 0, 0, 0}}}};
}

OperationCase dropout() {
  return {
      .name = "Dropout",
      .samples =
          {{"dropout", Dropout{.probability = 0.5}, {{40}}, {40}},
           {"dropout_of_images", Dropout{.probability = 0.75}, {{2, 3, 4}}, {2, 3, 4}},
           {"dropout_evaluation", Dropout{.probability = 0.5, .mode = DropoutMode::evaluation}, {{6}}, {6}},
           {"dropout_of_nothing", Dropout{.probability = 0}, {{6}}, {6}}},
      .errors = {{Dropout{.probability = 1}, {{4}}, "a probability of at least 0 and below 1, got 1"},
                 {Dropout{.probability = -0.5}, {{4}}, "a probability of at least 0"},
                 {Dropout{.probability = nan}, {{4}}, "a probability of at least 0"}},
      .zeros = {
          {Dropout{.mode = DropoutMode::evaluation}, {3}, {0, 1, 2, 3, 0, 5}, {}, {}, {1, 0, 0, 0, 1, 0}}}};
}

OperationCase relu() {
  return {.name = "Relu",
          .samples = {{"relu", Relu{}, {{40}}, {40}}, {"relu_of_images", Relu{}, {{2, 3, 4}}, {2, 3, 4}}},
          .errors = {{Relu{}, {}, "exactly one input"}, {Relu{}, {{1}, {1}}, "exactly one input"}},
          .zeros = {{Relu{}, {3}, {-1, 0, 2, -0.5, 1, 0}, {}, {}, {1, 1, 0, 1, 0, 1}}},
          .kinks = {{.operation = Relu{},
                     .shape = {8},
                     .input = {-1, 0, -0.0F, 2, 0, 0.5F, -3, 0},
                     .output = {0, 0, 0, 2, 0, 0.5, 0, 0},
                     .hits = {4},
                     .negative_zeros = 1,
                     .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
                       const auto at_zero = [&](std::size_t i) { return chosen(kinks.relu, g[i]); };
                       return {0, at_zero(1), at_zero(2), g[3], at_zero(4), g[5], 0, at_zero(7)};
                     }}}};
}

OperationCase leaky_relu() {
  return {.name = "LeakyRelu",
          .samples = {{"leaky_relu", LeakyRelu{0.25}, {{40}}, {40}},
                      {"leaky_relu_negative_slope", LeakyRelu{-0.5}, {{2, 3, 4}}, {2, 3, 4}}},
          .errors = {{LeakyRelu{nan}, {{4}}, "a finite slope"},
                     {LeakyRelu{infinity}, {{4}}, "a finite slope, got inf"}},
          .zeros = {{LeakyRelu{0.25}, {3}, {-1, 0, 2, 0, 1, 0}, {}, {}, {0, 1, 0, 1, 0, 1}},
                    {LeakyRelu{0}, {3}, {-1, 0, 2, 0, 1, 0}, {}, {}, {1, 1, 0, 1, 0, 1}}},
          .kinks = {{.operation = LeakyRelu{0.25},
                     .shape = {4},
                     .input = {-1, 0, 2, -0.0F},
                     .output = {-0.25, 0, 2, 0},
                     .hits = {2},
                     .negative_zeros = 1,
                     .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
                       const double factor = kinks.leaky_relu.value_or(0.25);
                       return {0.25 * g[0], factor * g[1], g[2], factor * g[3]};
                     }}}};
}

/// −2 0 1 2 6 7 3 0.5 through a clamp from 0 to 6, whose ends PyTorch gives the derivative `pytorchs`.
KinkSample clamped(const Clamp& operation, double pytorchs) {
  return {.operation = operation,
          .shape = {8},
          .input = {-2, 0, 1, 2, 6, 7, 6, -0.0F},
          .output = {0, 0, 1, 2, 6, 6, 6, 0},
          .hits = {2, 2},
          .negative_zeros = 1,
          .gradient = [pytorchs](const KinkChoices& kinks, const Values& g) -> Values {
            const DerivativeChoice lower = kinks.clamp_lower.value_or(DerivativeChoice{pytorchs});
            const DerivativeChoice upper = kinks.clamp_upper.value_or(DerivativeChoice{pytorchs});
            return {0,
                    chosen(lower, g[1]),
                    g[2],
                    g[3],
                    chosen(upper, g[4]),
                    0,
                    chosen(upper, g[6]),
                    chosen(lower, g[7])};
          }};
}

OperationCase clamp() {
  return {
      .name = "Clamp",
      .samples = {{"clamp", Clamp{.lower = -0.5, .upper = 1}, {{40}}, {40}},
                  {"clamp_below", Clamp{.lower = -0.25}, {{2, 3, 4}}, {2, 3, 4}},
                  {"clamp_above", Clamp{.upper = 0.25}, {{9}}, {9}},
                  {"relu6", relu6(), {{40}}, {40}},
                  {"hardtanh", hardtanh(), {{40}}, {40}}},
      .errors = {{Clamp{}, {{4}}, "a lower end, an upper end or both"},
                 {Clamp{.lower = 1, .upper = 1}, {{4}}, "a lower end below its upper end, got 1 and 1"},
                 {Clamp{.lower = nan}, {{4}}, "finite ends, got nan"},
                 {Clamp{.upper = infinity}, {{4}}, "finite ends, got inf"},
                 {Clamp{.lower = 1, .spelling = ClampSpelling::hardtanh}, {{4}}, "hardtanh needs both ends"}},
      .zeros = {{relu6(), {3}, {-1, 0, 2, 7, 0, -0.5}, {}, {}, {1, 1, 0, 0, 1, 1}},
                {Clamp{.upper = 0}, {3}, {-1, 0, 2, 7, 0, -0.5}, {}, {}, {0, 1, 1, 1, 1, 0}},
                {Clamp{.lower = 1}, {3}, {-1, 0, 2, 7, 0, -0.5}, {}, {}, {0, 0, 0, 0, 0, 0}}},
      .kinks = {clamped(relu6(), 0),
                clamped({.lower = 0, .upper = 6}, 1),
                {.operation = Clamp{.upper = 2},
                 .shape = {4},
                 .input = {-2, 2, 3, 0},
                 .output = {-2, 2, 2, 0},
                 .hits = {1},
                 .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
                   return {g[0], chosen(kinks.clamp_upper.value_or(DerivativeChoice{1}), g[1]), 0, g[3]};
                 }}}};
}

OperationCase absolute() {
  return {.name = "Absolute",
          .samples = {{"absolute", Absolute{}, {{40}}, {40}}},
          .errors = {{Absolute{}, {{4}, {4}}, "exactly one input"}},
          .zeros = {{Absolute{}, {3}, {-1, 0, 2, 0, 1, 0}, {}, {}, {0, 1, 0, 1, 0, 1}}},
          .kinks = {{.operation = Absolute{},
                     .shape = {4},
                     .input = {-1, 0, 2, -0.0F},
                     .output = {1, 0, 2, 0},
                     .hits = {2},
                     .negative_zeros = 1,
                     .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
                       return {-g[0], kinks.absolute * g[1], g[2], kinks.absolute * g[3]};
                     }}}};
}

OperationCase softmax() {
  return {.name = "Softmax",
          .samples =
              {{.name = "softmax", .operation = Softmax{}, .inputs = {{6}}, .output = {6}, .exact = false}},
          .errors = {{Softmax{}, {{3, 2, 2}}, "one row per sample"}, {Softmax{}, {{}}, "one row per sample"}},
          .zeros = {{Softmax{}, {2}, {0, 0, 0, 1}, {}, {}, {0, 0, 0, 0}}}};
}

OperationCase log_softmax() {
  return {.name = "LogSoftmax",
          .samples = {{.name = "log_softmax",
                       .operation = LogSoftmax{},
                       .inputs = {{6}},
                       .output = {6},
                       .exact = false}},
          .errors = {{LogSoftmax{}, {{3, 2, 2}}, "one row per sample"},
                     {LogSoftmax{}, {{}}, "one row per sample"}},
          .zeros = {{LogSoftmax{}, {2}, {0, 0, 0, 1}, {}, {}, {0, 0, 0, 0}}}};
}

/// A window of 2 × 2 with four equal maxima, one with two in its second column, one with two of which the
/// last comes first in column-major order, one without a tie.
KinkSample tied_pools() {
  return {.operation = MaxPool{square_window(2, 2)},
          .shape = {1, 2, 8},
          .input = {3, 3, 0, 1, 0, 5, 2, 1,  //
                    3, 3, 0, 1, 5, 4, 0, 1},
          .output = {3, 1, 5, 2},
          .hits = {3},
          .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
            switch (kinks.max_pool) {
              case TieChoice::first:
                return {g[0], 0, 0, g[1], 0, g[2], g[3], 0, 0, 0, 0, 0, 0, 0, 0, 0};
              case TieChoice::last:
                return {0, 0, 0, 0, 0, 0, g[3], 0, 0, g[0], 0, g[1], g[2], 0, 0, 0};
              case TieChoice::mean:
                return {g[0] / 4, g[0] / 4, 0, g[1] / 2, 0,        g[2] / 2, g[3], 0,
                        g[0] / 4, g[0] / 4, 0, g[1] / 2, g[2] / 2, 0,        0,    0};
            }
            return {};
          }};
}

/// Overlapping windows of two columns, padded: (pad 4) (4 4) (4 2) (2 pad). Padding never wins, even over
/// negative values.
KinkSample tied_overlapping_pools() {
  return {.operation = MaxPool{{.kernel = {1, 2}, .padding = {0, 1}}},
          .shape = {1, 1, 3},
          .input = {-4, -4, -2},
          .output = {-4, -4, -2, -2},
          .hits = {1},
          .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
            switch (kinks.max_pool) {
              case TieChoice::first:
                return {g[0] + g[1], 0, g[2] + g[3]};
              case TieChoice::last:
                return {g[0], g[1], g[2] + g[3]};
              case TieChoice::mean:
                return {g[0] + g[1] / 2, g[1] / 2, g[2] + g[3]};
            }
            return {};
          }};
}

/// Two columns at distance 2, padded at the end alone: (3 3) (1 1) (3 2) (1 pad).
KinkSample tied_uneven_pools() {
  return {.operation = MaxPool{{.kernel = {1, 2}, .dilation = {1, 2}, .padding_end = {{0, 1}}}},
          .shape = {1, 1, 5},
          .input = {3, 1, 3, 1, 2},
          .output = {3, 1, 3, 1},
          .hits = {2},
          .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
            switch (kinks.max_pool) {
              case TieChoice::first:
                return {g[0], g[1], g[2], g[3], 0};
              case TieChoice::last:
                return {0, 0, g[0] + g[2], g[1] + g[3], 0};
              case TieChoice::mean:
                return {g[0] / 2, g[1] / 2, g[0] / 2 + g[2], g[1] / 2 + g[3], 0};
            }
            return {};
          }};
}

/// Two rows at distance 2, padded at both ends: (pad −2) (−1 −1) (−2 −3) (−1 pad).
KinkSample tied_dilated_pools() {
  return {.operation = MaxPool{{.kernel = {2, 1}, .padding = {1, 0}, .dilation = {2, 1}}},
          .shape = {1, 4, 1},
          .input = {-1, -2, -1, -3},
          .output = {-2, -1, -2, -1},
          .hits = {1},
          .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
            switch (kinks.max_pool) {
              case TieChoice::first:
                return {g[1], g[0] + g[2], g[3], 0};
              case TieChoice::last:
                return {0, g[0] + g[2], g[1] + g[3], 0};
              case TieChoice::mean:
                return {g[1] / 2, g[0] + g[2], g[1] / 2 + g[3], 0};
            }
            return {};
          }};
}

/// Overlapping windows of three columns, of which the last reaches beyond the padding: (pad −2 −2) (−2 −2 −3)
/// (−3 −1 −4) (−4 pad …).
KinkSample tied_rounded_up_pools() {
  return {.operation = MaxPool{{.kernel = {1, 3}, .stride = {1, 2}, .padding = {0, 1}, .ceil = true}},
          .shape = {1, 1, 6},
          .input = {-2, -2, -2, -3, -1, -4},
          .output = {-2, -2, -1, -4},
          .hits = {2},
          .gradient = [](const KinkChoices& kinks, const Values& g) -> Values {
            switch (kinks.max_pool) {
              case TieChoice::first:
                return {g[0], g[1], 0, 0, g[2], g[3]};
              case TieChoice::last:
                return {0, g[0], g[1], 0, g[2], g[3]};
              case TieChoice::mean:
                return {g[0] / 2, g[0] / 2 + g[1] / 2, g[1] / 2, 0, g[2], g[3]};
            }
            return {};
          }};
}

OperationCase max_pool() {
  return {.name = "MaxPool",
          .samples =
              {{"max_pool", MaxPool{square_window(2, 2)}, {{3, 5, 4}}, {3, 2, 2}},
               {"max_pool_overlapping", MaxPool{square_window(3, 2, 1)}, {{2, 6, 7}}, {2, 3, 4}},
               {"max_pool_dilated",
                MaxPool{{.kernel = {2, 3}, .padding = {1, 1}, .dilation = {3, 2}}},
                {{2, 5, 6}},
                {2, 4, 4}},
               {"max_pool_rounded_up",
                MaxPool{{.kernel = {3, 2}, .stride = {2, 3}, .ceil = true}},
                {{2, 6, 5}},
                {2, 3, 2}},
               {"max_pool_rounded_up_not_beyond_the_padding",
                MaxPool{{.kernel = {2, 2}, .stride = {3, 3}, .padding = {1, 1}, .ceil = true}},
                {{1, 5, 6}},
                {1, 2, 3}},
               {"max_pool_uneven_padding",
                MaxPool{{.kernel = {3, 3}, .stride = {2, 2}, .padding_end = {{1, 1}}}},
                {{2, 6, 4}},
                {2, 3, 2}},
               {"max_pool_with_gaps", MaxPool{{.kernel = {1, 2}, .stride = {2, 3}}}, {{2, 5, 7}}, {2, 3, 2}}},
          .errors = {{MaxPool{}, {{3, 8}}, "follows a node of shape [3x8]"},
                     {MaxPool{{.kernel = {1, 0}}}, {{3, 8, 6}}, "a kernel and a stride of at least 1"},
                     {MaxPool{{.kernel = {2, 3}, .padding = {1, 2}}},
                      {{3, 8, 6}},
                      "a MaxPool needs a padding of at most half its kernel, got 2 and 3"},
                     {MaxPool{{.kernel = {2, 3}, .padding_end = {{2, 0}}}},
                      {{3, 8, 6}},
                      "a MaxPool needs a padding of at most half its kernel, got 2 and 2"},
                     {MaxPool{{.kernel = {2, 2}, .padding_end = {{1, 0}}, .ceil = true}},
                      {{3, 8, 6}},
                      "needs the same padding at both ends"},
                     {MaxPool{{.kernel = {2, 2}, .padding = {1, 1}, .dilation = {3, 3}}},
                      {{1, 2, 4}},
                      "a dilation of at most the input's extent, got 3 and 2"}},
          .zeros = {{MaxPool{{.kernel = {1, 2}, .stride = {1, 2}}},
                     {1, 1, 4},
                     {0, 0, 0, 1, 0, -1, 0, 0},
                     {},
                     {},
                     {1, 0, 0, 1}}},
          .kinks = {tied_pools(), tied_overlapping_pools(), tied_uneven_pools(), tied_dilated_pools(),
                    tied_rounded_up_pools()}};
}

OperationCase average_pool() {
  return {.name = "AveragePool",
          .samples = {{"average_pool", AveragePool{square_window(2, 2)}, {{3, 4, 4}}, {3, 2, 2}},
                      {"average_pool_padded", AveragePool{square_window(2, 1, 1)}, {{2, 3, 3}}, {2, 4, 4}},
                      {"average_pool_uneven_padding",
                       AveragePool{{.kernel = {2, 2}, .stride = {2, 2}, .padding_end = {{1, 1}}}},
                       {{2, 3, 5}},
                       {2, 2, 3}},
                      {"average_pool_uneven_padding_not_counted",
                       AveragePool{{.kernel = {2, 2}, .padding_end = {{1, 0}}}, false},
                       {{2, 3, 3}},
                       {2, 3, 2}},
                      {"average_pool_padding_not_counted",
                       AveragePool{square_window(2, 2, 1), false},
                       {{2, 2, 4}},
                       {2, 2, 3}},
                      {"average_pool_rounded_up",
                       AveragePool{{.kernel = {2, 2}, .stride = {2, 2}, .ceil = true}},
                       {{2, 3, 5}},
                       {2, 2, 3}},
                      {.name = "average_pool_overlapping",
                       .operation = AveragePool{square_window(3, 2, 1)},
                       .inputs = {{2, 6, 7}},
                       .output = {2, 3, 4},
                       .exact = false}},
          .errors = {{AveragePool{}, {{3}}, "an AveragePool needs channels x height x width"},
                     {AveragePool{{.kernel = {2, 3}, .padding = {1, 2}}},
                      {{3, 8, 6}},
                      "an AveragePool needs a padding of at most half its kernel"},
                     {AveragePool{{.kernel = {2, 2}, .dilation = {2, 1}}},
                      {{3, 8, 6}},
                      "an AveragePool has no dilation"}},
          .zeros = {{AveragePool{{.kernel = {1, 2}, .stride = {1, 2}}},
                     {1, 1, 4},
                     {0, 0, 0, 1, -1, 1, 0, 0},
                     {},
                     {},
                     {1, 0, 0, 1}}}};
}

OperationCase adaptive_average_pool() {
  return {
      .name = "AdaptiveAveragePool",
      .samples = {{"adaptive_average_pool_to_one", AdaptiveAveragePool{1, 1}, {{3, 4, 4}}, {3, 1, 1}},
                  {"adaptive_average_pool_shared_rows", AdaptiveAveragePool{2, 1}, {{2, 3, 2}}, {2, 2, 1}},
                  {"adaptive_average_pool_larger", AdaptiveAveragePool{4, 4}, {{2, 2, 2}}, {2, 4, 4}},
                  {.name = "adaptive_average_pool_uneven",
                   .operation = AdaptiveAveragePool{3, 2},
                   .inputs = {{2, 7, 5}},
                   .output = {2, 3, 2},
                   .exact = false}},
      .errors = {{AdaptiveAveragePool{0, 1}, {{3, 8, 6}}, "needs a height and a width of at least 1"},
                 {AdaptiveAveragePool{1, 1},
                  {{3, 8}},
                  "an AdaptiveAveragePool needs channels x height x width"}},
      .zeros = {{AdaptiveAveragePool{1, 2}, {1, 1, 3}, {0, 0, 1, 0, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase add() {
  return {
      .name = "Add",
      .samples = {{"add", Add{}, {{3, 2, 2}, {3, 2, 2}}, {3, 2, 2}}, {"add_rows", Add{}, {{5}, {5}}, {5}}},
      .errors = {{Add{}, {{3, 8, 6}, {3, 6, 8}}, "inputs of one shape, got [3x8x6] and [3x6x8]"},
                 {Add{}, {{3}}, "exactly two inputs"},
                 {Add{}, {{3}, {3}, {3}}, "exactly two inputs"}},
      .zeros = {{Add{}, {2}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase multiply() {
  return {
      .name = "Multiply",
      .samples = {{"multiply", Multiply{}, {{3, 2, 2}, {3, 2, 2}}, {3, 2, 2}},
                  {"multiply_rows", Multiply{}, {{5}, {5}}, {5}}},
      .errors = {{Multiply{}, {{3, 8, 6}, {3, 6, 8}}, "a Multiply needs inputs of one shape, got [3x8x6]"},
                 {Multiply{}, {{3}}, "exactly two inputs"}},
      .zeros = {{Multiply{}, {2}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase concatenate() {
  return {.name = "Concatenate",
          .samples = {{"concatenate", Concatenate{}, {{3, 2, 2}, {1, 2, 2}, {2, 2, 2}}, {6, 2, 2}},
                      {"concatenate_rows", Concatenate{}, {{5}, {3}}, {8}},
                      {"concatenate_one", Concatenate{}, {{5}}, {5}}},
          .errors = {{Concatenate{},
                      {{3, 8, 6}, {3, 6, 8}},
                      "differ in their first dimension only, got [3x8x6] and [3x6x8]"},
                     {Concatenate{}, {{3}, {3, 1, 1}}, "differ in their first dimension only"},
                     {Concatenate{}, {{}}, "at least one dimension"},
                     {Concatenate{}, {}, "needs at least one input, nodes before it"}},
          .zeros = {{Concatenate{}, {2}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 0, 1, 1, 1, 1}}}};
}

OperationCase narrow() {
  return {.name = "Narrow",
          .samples = {{"narrow_channels", Narrow{0, 1, 2}, {{4, 2, 3}}, {2, 2, 3}},
                      {"narrow_rows_of_images", Narrow{1, 0, 2}, {{2, 3, 2}}, {2, 2, 2}},
                      {"narrow_columns_of_images", Narrow{2, 2, 1}, {{2, 2, 3}}, {2, 2, 1}},
                      {"narrow_features", Narrow{0, 3, 4}, {{7}}, {4}},
                      {"narrow_to_everything", Narrow{0, 0, 5}, {{5}}, {5}}},
          .errors = {{Narrow{0, 1, 3}, {{3, 8, 6}}, "a Narrow to 3 from 1 on takes at least one of the 3"},
                     {Narrow{2, 0, 7}, {{3, 8, 6}}, "of the 6 along dimension 2, and none beyond them"},
                     {Narrow{0, -1, 2}, {{3}}, "a Narrow to 2 from -1 on"},
                     {Narrow{0, 0, 0}, {{3}}, "a Narrow to 0 from 0 on takes at least one"},
                     {Narrow{0, std::numeric_limits<std::int64_t>::max(), 1}, {{3}}, "none beyond them"},
                     {Narrow{1, 0, 1}, {{3}}, "a Narrow along dimension 1 follows a node of shape [3]"},
                     {Narrow{-1, 0, 1}, {{3}}, "a Narrow along dimension -1"},
                     {Narrow{}, {{}}, "a Narrow along dimension 0 follows a node of shape []"}},
          .zeros = {{Narrow{2, 1, 1}, {1, 2, 2}, {0, 1, 2, 0, 0, 0, 3, 4}, {}, {}, {0, 1, 1, 0}},
                    {Narrow{0, 1, 2}, {3}, {0, 1, 0, 2, 0, 3}, {}, {}, {0, 1, 1, 0}}}};
}

OperationCase flatten() {
  return {.name = "Flatten",
          .samples = {{"flatten", Flatten{}, {{3, 2, 2}}, {12}}},
          .errors = {{Flatten{}, {}, "exactly one input"}},
          .zeros = {{Flatten{}, {1, 1, 2}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase reshape() {
  return {.name = "Reshape",
          .samples = {{"reshape", Reshape{{2, 2, 3}}, {{3, 2, 2}}, {2, 2, 3}},
                      {"reshape_to_more", Reshape{{2, 1, 3, 1}}, {{6}}, {2, 1, 3, 1}}},
          .errors = {{Reshape{{2, 5}}, {{12}}, "a Reshape to [2x5] follows a node of 12 values"},
                     {Reshape{{0}}, {{12}}, "a Reshape to [0]"},
                     {Reshape{{-3, -4}}, {{12}}, "a Reshape to [-3x-4]"}},
          .zeros = {{Reshape{{2}}, {1, 1, 2}, {0, 1, 0, 0}, {}, {}, {1, 0, 1, 1}}}};
}

OperationCase transpose() {
  return {.name = "Transpose",
          .samples = {{"transpose", Transpose{{2, 0, 1}}, {{3, 2, 4}}, {4, 3, 2}},
                      {"transpose_nothing", Transpose{{0}}, {{6}}, {6}}},
          .errors = {{Transpose{{0, 2}}, {{3, 8, 6}}, "a Transpose to the dimensions [0, 2]"},
                     {Transpose{{0, 1, 1}}, {{3, 8, 6}}, "follows a node of shape [3x8x6]"}},
          .zeros = {
              {Transpose{{0, 2, 1}}, {1, 2, 2}, {0, 1, 0, 2, 0, 0, 0, 1}, {}, {}, {1, 1, 0, 0, 1, 1, 1, 0}}}};
}

OperationCase softmax_cross_entropy() {
  return {.name = "SoftmaxCrossEntropy",
          .samples = {{.name = "softmax_cross_entropy",
                       .operation = SoftmaxCrossEntropy{},
                       .inputs = {{6}},
                       .output = {},
                       .batch = 4,
                       .exact = false}},
          .errors = {{SoftmaxCrossEntropy{}, {{3, 8, 6}}, "one row of logits"},
                     {SoftmaxCrossEntropy{}, {{}}, "one row of logits"}},
          .zeros = {}};
}

OperationCase negative_log_likelihood() {
  return {.name = "NegativeLogLikelihood",
          .samples = {{"negative_log_likelihood", NegativeLogLikelihood{}, {{6}}, {}, 4}},
          .errors = {{NegativeLogLikelihood{}, {{3, 8, 6}}, "one row of log-probabilities"}},
          .zeros = {}};
}

OperationCase mean_squared_error() {
  return {.name = "MeanSquaredError",
          .samples = {{"mean_squared_error", MeanSquaredError{}, {{4}}, {}, 4}},
          .errors = {{MeanSquaredError{}, {{3, 8, 6}}, "one row of values"}},
          .zeros = {}};
}

}  // namespace

const std::vector<OperationCase>& operation_cases() {
  static const std::vector<OperationCase> cases{linear(),
                                                convolution(),
                                                batch_norm(),
                                                local_response_norm(),
                                                scale(),
                                                shift(),
                                                dropout(),
                                                relu(),
                                                leaky_relu(),
                                                clamp(),
                                                absolute(),
                                                softmax(),
                                                log_softmax(),
                                                max_pool(),
                                                average_pool(),
                                                adaptive_average_pool(),
                                                add(),
                                                multiply(),
                                                concatenate(),
                                                narrow(),
                                                flatten(),
                                                reshape(),
                                                transpose(),
                                                softmax_cross_entropy(),
                                                negative_log_likelihood(),
                                                mean_squared_error()};
  return cases;
}

std::vector<OperationSample> operation_samples() {
  std::vector<OperationSample> result;
  for (const OperationCase& row : operation_cases()) {
    result.insert(result.end(), row.samples.begin(), row.samples.end());
  }
  return result;
}

std::vector<KinkChoices> choices_at(const Operation& operation) {
  const auto at = [&operation](Kink kink) {
    for (const KinkPlace& place : kinks(operation)) {
      if (place.kink == kink) {
        return true;
      }
    }
    return false;
  };
  std::vector<KinkChoices> result{{}};
  const auto add = [&result](const auto& change) { change(result.emplace_back()); };
  for (const double value : {1.0, 0.5, -2.0, 0.0}) {
    for (const Rule rule : all_rules) {
      if (at(Kink::relu)) {
        add([&](KinkChoices& choices) { choices.relu = {value, rule}; });
      }
      if (at(Kink::clamp_lower)) {
        add([&](KinkChoices& choices) { choices.clamp_lower = {value, rule}; });
      }
      if (at(Kink::clamp_upper)) {
        add([&](KinkChoices& choices) { choices.clamp_upper = {value, rule}; });
      }
    }
    if (at(Kink::leaky_relu)) {
      add([&](KinkChoices& choices) { choices.leaky_relu = value; });
    }
    if (at(Kink::absolute)) {
      add([&](KinkChoices& choices) { choices.absolute = value; });
    }
  }
  if (at(Kink::max_pool_tie)) {
    add([](KinkChoices& choices) { choices.max_pool = TieChoice::last; });
    add([](KinkChoices& choices) { choices.max_pool = TieChoice::mean; });
  }
  return result;
}

Network network_around(const OperationSample& sample) {
  const Shape& images = sample.inputs.front();
  std::vector<Node> nodes{{"input", Input{images}, {}}};
  std::vector<std::size_t> read;
  for (std::size_t i = 0; i < sample.inputs.size(); ++i) {
    const Shape& shape = sample.inputs[i];
    const std::string name = "input" + std::to_string(i);
    nodes.push_back({name,
                     shape.size() == 3 ? Operation(Convolution{images[0], shape[0], square_window(1)})
                                       : Operation(Linear{element_count(images), shape[0]}),
                     {0}});
    read.push_back(nodes.size() - 1);
  }
  nodes.push_back({"operation", sample.operation, read});
  if (!traits(sample.operation).is_loss) {
    nodes.push_back({"linear", Linear{element_count(sample.output), 4}, {nodes.size() - 1}});
    nodes.push_back({"loss", MeanSquaredError{}, {nodes.size() - 1}});
  }
  return {sample.name, std::move(nodes)};
}

Network operation_alone(const Operation& operation, const Shape& input) {
  const std::size_t read = traits(operation).arity.least == 1 && traits(operation).arity.most == 1 ? 1 : 2;
  return {"alone",
          {{"input", Input{input}, {}},
           {"operation", operation, std::vector<std::size_t>(read, 0)},
           {"flatten", Flatten{}, {1}},
           {"loss", MeanSquaredError{}, {2}}}};
}

std::vector<double> loss_gradient(const std::vector<double>& output) {
  std::vector<double> result;
  for (const double value : output) {
    const double target = result.empty() ? 1 : 0;
    result.push_back(2 * (value - target) / static_cast<double>(output.size()));
  }
  return result;
}

namespace {

/// A multiple of 1 / parts in [low, high].
double short_fraction(SplitMix64& random, double low, double high, std::int32_t parts) {
  const auto steps = static_cast<std::int32_t>((high - low) * parts);
  return low + static_cast<double>(random.below(steps + 1)) / parts;
}

}  // namespace

Weights short_weights(const Network& network, std::uint64_t seed) {
  SplitMix64 random(seed);
  const auto drawn = [&](const std::vector<TensorSpec>& specs) {
    std::vector<TensorValues> result;
    for (const TensorSpec& spec : specs) {
      const bool of_norm = std::holds_alternative<BatchNorm>(network.nodes()[spec.node].operation);
      const bool positive = of_norm && (spec.name.ends_with("weight") || spec.name.ends_with("_var"));
      std::vector<double> values;
      for (std::int64_t i = 0; i < element_count(spec.shape); ++i) {
        values.push_back(positive ? short_fraction(random, 0.5, 2, 4) : short_fraction(random, -1, 1, 4));
      }
      result.push_back({spec.name, spec.shape, std::move(values)});
    }
    return result;
  };
  std::vector<TensorValues> parameters = drawn(network.parameters());
  return {.parameters = std::move(parameters), .buffers = drawn(network.buffers())};
}

Batch short_batch(const Network& network, std::int64_t samples, std::uint64_t seed) {
  SplitMix64 random(seed);
  const Shape& shape = network.output_shapes().front();
  const std::size_t row = network.nodes().back().inputs.front();
  const std::int64_t classes = network.output_shapes()[row].front();
  Batch batch{.image_shape = shape, .inputs = {}, .labels = {}};
  for (std::int64_t i = 0; i < samples * element_count(shape); ++i) {
    batch.inputs.push_back(static_cast<float>(short_fraction(random, -2, 2, 8)));
  }
  for (std::int64_t i = 0; i < samples; ++i) {
    batch.labels.push_back(i % classes);
  }
  return batch;
}

}  // namespace relu0::cases
