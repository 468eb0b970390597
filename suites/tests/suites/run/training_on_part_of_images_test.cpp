// Trainings of networks of smaller images and fewer classes than the data set's.
#include "analysis/torch/draw_weights.hpp"
#include "suites/measurements/training.hpp"
#include "suites/tests/suites/run/image_folder.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;

TrainedNetwork trained(std::int64_t side, std::int64_t classes) {
  TrainedNetwork measurement({.network = ConvolutionalNetwork{.architecture = Architecture::lenet5,
                                                              .input = Shape{3, side, side},
                                                              .classes = classes},
                              .precision = Precision::fp32,
                              .batch_size = 1,
                              .data = datasets::imagenet});
  measurement.quick = {.draws = 1, .epochs = 1};
  return measurement;
}

TEST(TrainingOnPartOfImages, TakesImagesOfItsSizeAndOfItsClasses) {
  const test::TemporaryFolder folder;
  for (const char* split : {"train", "val"}) {
    for (const char* image : {"a/1.png", "a/2.png", "b/1.png", "c/1.png", "c/2.png"}) {
      test::write_image(folder.path() / split / image);
    }
  }
  const DataSets data(folder.path(), {datasets::imagenet}, 1, {datasets::imagenet});
  RunSettings settings;
  settings.data = data.facts();
  EXPECT_EQ(settings.data.at(datasets::imagenet).classes, 3);
  const auto outcome_of = [&](const TrainedNetwork& measurement) {
    const Network network = build(measurement.setting.network);
    const GroupData group(data, datasets::imagenet, settings.images_of(datasets::imagenet));
    return TrainedNetwork::decode(
        measurement.prepare(network, group, settings, 1)(draw_weights(network, 1), 1));
  };
  // A label of the third class would be none of a network of two.
  EXPECT_EQ(outcome_of(trained(32, 2)).epochs.at(0).steps, 3);
  EXPECT_EQ(outcome_of(trained(28, 1000)).epochs.at(0).steps, 5);
  EXPECT_THAT(trained(32, 2).key(settings), HasSubstr("random resized crop 32 of"));
  EXPECT_THAT(trained(224, 1000).key(settings), HasSubstr("random resized crop 224 of"));
  // The cost is that of the images of its classes, which are taken for as many of each.
  const Network network = build(trained(32, 2).setting.network);
  RunSettings of_unknown_classes = settings;
  of_unknown_classes.data.at(datasets::imagenet).classes = 0;
  EXPECT_DOUBLE_EQ(trained(32, 2).cost(network, settings),
                   trained(32, 2).cost(network, of_unknown_classes) * 2 / 3);
}

}  // namespace
}  // namespace relu0
