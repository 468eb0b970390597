// What a survey counts in networks whose kinks are known, and against backward passes run one by one.
#include "analysis/kinks/kink_survey.hpp"

#include "analysis/error/rounding_bound.hpp"
#include "analysis/impact/comparison.hpp"
#include "analysis/kinks/pass_length.hpp"
#include "analysis/torch/backprop.hpp"
#include "analysis/torch/draw_weights.hpp"
#include "fixtures/error.hpp"
#include "fixtures/network/kink_sides.hpp"
#include "fixtures/network/network_builder.hpp"
#include "suites/tests/analysis/kinks/kink_networks.hpp"
#include "suites/tests/analysis/torch/sample_data.hpp"
#include "suites/tests/analysis/zeros/zero_networks.hpp"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using test::Planted;
using ::testing::DoubleNear;
using ::testing::ElementsAre;

KinkSurveyOutcome survey_of(const Planted& planted, Precision precision) {
  return kink_survey(planted.network, planted.weights, planted.dataset,
                     {.precision = precision, .batch_size = 1, .images = planted.dataset.size()});
}

/// More than a pass through two layers of few numbers has, one after the other.
double sixteen_roundings(Precision precision) { return std::ldexp(16, -significands(precision).factor); }

const KinkFigures& figures_of(const KinkSurveyOutcome& outcome, Kink kink) {
  return *std::find_if(outcome.kinks.begin(), outcome.kinks.end(),
                       [kink](const KinkFigures& figures) { return figures.kink == kink; });
}

/// An activation and weights with which the first image meets its kink, and the derivatives there: each
/// weight's gradient is the derivative times what reaches the kink, on white pixels.
struct PlantedCase {
  const char* name;
  Operation activation;
  std::vector<double> weights;
  Kink kink;
  double left;
  double right;
};

const std::vector<PlantedCase> planted_cases{
    {"relu", Relu{}, {1, -1}, Kink::relu, 0, 1},
    {"leaky_relu", LeakyRelu{0.25}, {1, -1}, Kink::leaky_relu, 0.25, 1},
    {"absolute", Absolute{}, {1, -1}, Kink::absolute, -1, 1},
    {"relu6_lower", relu6(), {1, -1}, Kink::clamp_lower, 0, 1},
    {"relu6_upper", relu6(), {3, 3}, Kink::clamp_upper, 1, 0},
    {"hardtanh_lower", hardtanh(), {-0.75, -0.25}, Kink::clamp_lower, 0, 1},
    {"hardtanh_upper", hardtanh(), {0.75, 0.25}, Kink::clamp_upper, 1, 0},
};

class AtAKink : public ::testing::TestWithParam<PlantedCase> {};

TEST_P(AtAKink, CountsTheHitAndWhatTheChoiceChanges) {
  const PlantedCase& at = GetParam();
  const Planted planted = test::planted(at.activation, at.weights);
  const double h = std::holds_alternative<Clamp>(at.activation)
                       ? std::clamp(at.weights[0] + at.weights[1], *std::get<Clamp>(at.activation).lower,
                                    *std::get<Clamp>(at.activation).upper)
                       : 0;
  // d loss / d logit = softmax − 1 of the right class, whose weight is 1 / 8; h is its other factor.
  const double g = 1 / (1 + std::exp(-h / 8)) - 1;
  const double beside = 2 * g * g * (1 + h * h);  // squares of the gradients of the last layer
  const double l2_of_left = std::sqrt(beside + 2 * std::pow(at.left * g / 8, 2));
  const double expected = std::sqrt(2 * std::pow((at.right - at.left) * g / 8, 2)) / l2_of_left;
  for (const Precision precision : all_precisions) {
    const KinkSurveyOutcome outcome = survey_of(planted, precision);
    EXPECT_EQ(outcome.minibatches, 2);
    EXPECT_EQ(outcome.images, 2);
    EXPECT_TRUE(outcome.deterministic);
    const KinkFigures& figures = figures_of(outcome, at.kink);
    EXPECT_EQ(figures.places, 2);
    EXPECT_EQ(figures.hits, 1) << name(precision);
    EXPECT_EQ(figures.reached, 1);
    EXPECT_EQ(figures.minibatches_hit, 1);
    EXPECT_EQ(figures.minibatches_reached, 1);
    EXPECT_EQ(figures.sides.impacted, 1);
    EXPECT_EQ(figures.middle.impacted, 1);
    EXPECT_EQ(figures.origins, ZeroCounts{.exact = 1});
    const double rounding = sixteen_roundings(precision);
    EXPECT_THAT(figures.sides.relative_l2, ElementsAre(DoubleNear(expected, rounding * expected)));
    EXPECT_THAT(figures.middle.relative_l2, ElementsAre(DoubleNear(expected / 2, rounding * expected)));
    EXPECT_EQ(figures.between.judged, 1) << name(precision);
    EXPECT_EQ(figures.between.inside, 1) << name(precision);
    const bool has_rule = assigned_one({}, at.kink).has_value();
    EXPECT_EQ(figures.assigned.judged, has_rule ? 1 : 0) << name(precision);
    EXPECT_EQ(figures.assigned.inside, 0) << "1 in place of a negative gradient";
    for (const KinkFigures& others : outcome.kinks) {
      if (others.kink != at.kink) {
        EXPECT_EQ(others.hits, 0) << "the other end of the clamp";
        EXPECT_EQ(others.sides.impacted, 0);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinks, AtAKink, ::testing::ValuesIn(planted_cases),
                         [](const auto& parameters) { return std::string(parameters.param.name); });

TEST(KinkSurvey, MeetsNothingBesideTheKinks) {
  const KinkSurveyOutcome outcome = survey_of(test::planted(Relu{}, {1, -0.5}), Precision::fp32);
  const KinkFigures& relu = figures_of(outcome, Kink::relu);
  EXPECT_EQ(relu.hits, 0);
  EXPECT_EQ(relu.minibatches_hit, 0);
  EXPECT_EQ(relu.sides.impacted + relu.middle.impacted, 0);
  EXPECT_EQ(relu.between.judged + relu.assigned.judged, 0);
  EXPECT_EQ(outcome.most_bits, 0) << "nothing to explain";
}

TEST(KinkSurvey, TellsRoundingHitsFromStructuralOnes) {
  const auto of_example = [](const reference::Example& example, Precision precision) {
    const KinkSurveyOutcome outcome = kink_survey(example.network, example.weights, test::dataset_of(example),
                                                  {.precision = precision, .batch_size = 1, .images = 1});
    return figures_of(outcome, Kink::relu);
  };
  EXPECT_EQ(of_example(test::rounding_zero(), Precision::fp32).origins, ZeroCounts{.rounding = 1});
  EXPECT_EQ(of_example(test::rounding_zero(), Precision::fp64).hits, 0);
  EXPECT_EQ(of_example(test::structural_zero(), Precision::fp64).origins, ZeroCounts{.structural = 1});
  EXPECT_EQ(of_example(test::undecidable_zero(), Precision::fp32).origins, ZeroCounts{.undecided = 1});
}

TEST(KinkSurvey, RoutesTiesToTheFirstTheLastOrBoth) {
  for (const Precision precision : all_precisions) {
    const KinkSurveyOutcome outcome = survey_of(test::planted_pool({1, 1}), precision);
    const KinkFigures& ties = figures_of(outcome, Kink::max_pool_tie);
    EXPECT_EQ(ties.places, 3);
    EXPECT_EQ(ties.hits, 2) << "the first two images";
    EXPECT_EQ(ties.reached, 2);
    EXPECT_EQ(ties.sides.impacted, 1) << "equal patches give the weights the same gradient";
    EXPECT_EQ(ties.middle.impacted, 1);
    EXPECT_EQ(ties.origins, (ZeroCounts{.structural = 1, .exact = 1}));
    EXPECT_EQ(ties.between.judged, 1);
    EXPECT_EQ(ties.between.inside, 1);
    // (g, 0) against (0, g): √2 |g| apart, with g = σ(1) − 1; the last layer's gradients are (g h, −g h)
    // and (g, −g) with h = 1.
    const double rounding = sixteen_roundings(precision);
    const double expected = std::sqrt(2.0 / 5);
    EXPECT_THAT(ties.sides.relative_l2, ElementsAre(DoubleNear(expected, rounding)));
    EXPECT_THAT(ties.middle.relative_l2, ElementsAre(DoubleNear(expected / 2, rounding)));
  }
}

TEST(KinkSurvey, TellsTiesThatRoundingMade) {
  // Both places see 1, but one of them also a channel of weight 2^−30.
  const Planted planted = test::planted_pool({1, 0x1p-30});
  Dataset second = planted.dataset;
  second.images = {255, 255, 0, 255};
  second.labels = {0};
  const auto ties = [&](Precision precision) {
    return figures_of(kink_survey(planted.network, planted.weights, second,
                                  {.precision = precision, .batch_size = 1, .images = 1}),
                      Kink::max_pool_tie);
  };
  EXPECT_EQ(ties(Precision::fp32).origins, ZeroCounts{.rounding = 1});
  EXPECT_EQ(ties(Precision::fp64).hits, 0);
}

TEST(KinkSurvey, ExplainsTheFirstSamplesThatMeetAKind) {
  Planted planted = test::planted(Relu{}, {1, -1});
  planted.dataset.images.assign(20, 255);
  planted.dataset.labels.assign(10, 0);
  const KinkSurveyOutcome outcome =
      kink_survey(planted.network, planted.weights, planted.dataset,
                  {.precision = Precision::fp32, .batch_size = 4, .images = 10, .explained_samples = 6});
  const KinkFigures& relu = figures_of(outcome, Kink::relu);
  EXPECT_EQ(outcome.minibatches, 3);
  EXPECT_EQ(relu.hits, 10);
  EXPECT_EQ(relu.minibatches_hit, 3);
  EXPECT_EQ(relu.origins, ZeroCounts{.exact = 6});
}

/// Networks that meet several kinds of kink at once, often.
std::vector<Network> mixed_networks() {
  const Shape image{1, 8, 8};
  std::vector<Network> result;
  for (const bool bias : {true, false}) {
    result.push_back(NetworkBuilder(image, bias ? "pools" : "pools-no-bias")
                         .convolution(3, square_window(3, 1, 1), bias)
                         .relu()
                         .max_pool(square_window(2, 2))
                         .convolution(4, square_window(3), bias)
                         .append(LeakyRelu{0.125})
                         .linear(12, bias)
                         .append(hardtanh(-0.5, 0.5))
                         .linear(6, bias)
                         .append(Absolute{})
                         .linear(3, bias)
                         .cross_entropy());
  }
  return result;
}

TEST(KinkSurvey, CountsWhatBackwardPassesOneByOneShow) {
  constexpr std::int64_t images = 12;
  constexpr std::int64_t batch_size = 5;
  for (const Network& network : mixed_networks()) {
    const Dataset dataset = test::black_and_white({1, 8, 8}, images, 7);
    const Weights weights = test::coarse(draw_weights(network, 5));
    for (const Precision precision : all_precisions) {
      const KinkSurveyOutcome outcome = kink_survey(
          network, weights, dataset, {.precision = precision, .batch_size = batch_size, .images = images});
      EXPECT_EQ(outcome.minibatches, 3);
      EXPECT_EQ(outcome.kinks.size(), 6U);
      for (const KinkFigures& figures : outcome.kinks) {
        std::int64_t hits = 0;
        std::int64_t impacted = 0;
        for (std::int64_t first = 0; first < images; first += batch_size) {
          const Batch batch = make_batch(dataset, first, std::min(batch_size, images - first));
          const auto under = [&](const KinkChoices& choices) {
            return backprop(network, weights, batch, precision, choices);
          };
          const GradientWithKinks left = under(one_sided({}, figures.kink, false));
          hits += left.census.total(figures.kink);
          impacted +=
              compare(left.gradient, under(one_sided({}, figures.kink, true)).gradient).differs() ? 1 : 0;
        }
        EXPECT_EQ(figures.hits, hits) << network.name() << name(figures.kink) << name(precision);
        EXPECT_EQ(figures.sides.impacted, impacted)
            << network.name() << name(figures.kink) << name(precision);
        EXPECT_LE(figures.reached, figures.hits);
      }
      EXPECT_GT(figures_of(outcome, Kink::relu).hits, 0) << "the example shows nothing";
      EXPECT_GT(figures_of(outcome, Kink::max_pool_tie).hits, 0);
    }
  }
}

TEST(KinkSurvey, DoesNotDependOnTheReferencesThreads) {
  const Network network = mixed_networks()[0];
  const Dataset dataset = test::black_and_white({1, 8, 8}, 6, 7);
  const Weights weights = test::coarse(draw_weights(network, 5));
  KinkSurveyOptions options{.precision = Precision::bf16, .batch_size = 3, .images = 6};
  const KinkSurveyOutcome one = kink_survey(network, weights, dataset, options);
  options.certify.backprop.product.threads = 3;
  const KinkSurveyOutcome three = kink_survey(network, weights, dataset, options);
  for (std::size_t i = 0; i < one.kinks.size(); ++i) {
    EXPECT_EQ(one.kinks[i].origins, three.kinks[i].origins);
    EXPECT_EQ(one.kinks[i].sides.relative_l2, three.kinks[i].sides.relative_l2);
  }
}

TEST(KinkSurvey, RefusesWhatCannotBeSurveyed) {
  const Planted planted = test::planted(Relu{}, {1, 1});
  const auto survey_of_network = [&](const Network& network, const KinkSurveyOptions& options) {
    return kink_survey(network, draw_weights(network, 1), planted.dataset, options);
  };
  EXPECT_THROW(survey_of_network(planted.network, {.batch_size = 0, .images = 1}), InputError);
  EXPECT_THROW(survey_of_network(planted.network, {.batch_size = 1, .images = 0}), InputError);
  EXPECT_THROW(survey_of_network(planted.network, {.batch_size = 1, .images = 3}), InputError);
  const Network without = NetworkBuilder({2}).linear(2).cross_entropy();
  EXPECT_THROW(survey_of_network(without, {.batch_size = 1, .images = 2}), InputError);
  const Network tied = NetworkBuilder({2}).linear(2).batch_norm().relu().linear(2).cross_entropy();
  EXPECT_THROW(survey_of_network(tied, {.batch_size = 2, .images = 2}), InputError);
}

TEST(PassLength, CountsOperationsAndTheLongestSums) {
  // Nodes: input, convolution, ReLU, linear, loss.
  const Network network =
      NetworkBuilder({2, 4, 4}).convolution(3, square_window(3)).relu().linear(5).cross_entropy();
  const PassLength length = pass_length(network, 7);
  EXPECT_EQ(length.operations, 2 * 5 + 6 + 1);
  // Forward 2 · 9 + 1 and 12 + 1, backward 3 · 9 and 5, the convolution's weight over 7 · 4 places, and the
  // loss over 5 classes twice and 7 samples.
  EXPECT_EQ(length.summands, 19 + 13 + 27 + 5 + 28 + 10 + 7);
}

}  // namespace
}  // namespace relu0
