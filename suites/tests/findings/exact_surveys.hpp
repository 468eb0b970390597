#pragma once
#include "suites/tests/findings/expected_counts.hpp"
#include "suites/tests/findings/survey.hpp"

#include <map>
#include <string>
#include <vector>

/// The surveys whose counts are exact: by the portable kernels, with fixed seeds. What is counted of zeros
/// comes from the forward pass before the loss: weights and images that relu0 draws and reads, its own linear
/// layers and convolutions, ReLUs and max-pools, so that the bits are the same on every machine. Whether a
/// mini-batch is impacted depends on LibTorch's softmax and on the C library's exp() too, but only through
/// the question whether a gradient that reaches a zero is other than 0, which an error of some ulps does not
/// change where nothing underflows.
namespace relu0::test {

/// One of them.
struct ExactSurvey {
  std::string name;  ///< unique: "fp32 on MNIST"
  Survey survey;
  Counts (*count)(const std::vector<nlohmann::json>& draws);
};

/// @name The surveys of one sort of data
/// @{
/// On MNIST or the embedded digits that stand in for it, which `on` names: the three precisions.
std::vector<ExactSurvey> precision_surveys(const std::string& on);
/// How the share grows with depth and width and does not with the batch size, on the embedded digits.
std::vector<ExactSurvey> factor_surveys();
/// Trainings that differ in s, on the embedded digits.
std::vector<ExactSurvey> divergence_surveys();
/// Zeros held against the reference, on the embedded digits.
std::vector<ExactSurvey> zero_origin_surveys();
/// What engines that are broken on purpose are held against (broken_engine_test.cpp), on the embedded digits,
/// by precision: at 16 and at 32 bits few networks, since an engine that finds nothing looks at every image.
std::map<Precision, ExactSurvey> broken_engine_surveys();
/// A convolutional network on CIFAR-10, or the embedded images that stand in for it, which `on` names.
std::vector<ExactSurvey> convolution_surveys(const std::string& on);
/// @}

/// A list of surveys with the data that they are made on.
struct SurveyGroup {
  std::set<DataName> data;
  bool real = false;  ///< on real data, as `on` in their names says
  std::vector<ExactSurvey> surveys;
};

/// All of them.
std::vector<SurveyGroup> exact_survey_groups();

/// Makes one and counts.
ExpectedCounts measured_counts(const Surveyor& surveyor, const ExactSurvey& survey);

/// The counts of draws that were made already.
ExpectedCounts counted(const Surveyor& surveyor, const ExactSurvey& survey,
                       const std::vector<nlohmann::json>& draws);

}  // namespace relu0::test
