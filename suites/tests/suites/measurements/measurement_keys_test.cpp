// Keys identify measurements in stores that were written before: they must stay byte for byte what they were.
// Where an experiment measures something else than before, its keys are other ones: at 16 bits the paper's
// network is swept until it is impacted by all but "magnitude", and "kinks" takes the run's number of
// mini-batches.
#include "suites/experiments/experiment.hpp"
#include "suites/measurements/kinds.hpp"
#include "suites/tests/suites/experiments/conclusions.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace relu0 {
namespace {

/// The settings under which keys were noted before kinds of measurement became classes.
RunSettings noted(const std::string& name) {
  RunSettings settings = test::synthetic_settings();
  settings.kernel = {};  // there was no other than LibTorch's
  if (name == "paper") {
    settings.scale = RunScale::paper;
  } else if (name == "other") {
    settings.networks = 3;
    settings.fp64_networks = 2;
    settings.minibatches = 9;
    settings.seed = 7;
    settings.images = 1000;
    settings.s_a = -0.5;
    settings.s_b = 2;
    settings.device = Device::cuda;
    settings.protocol = Protocol::two_network;
    settings.reference_bits = 192;
    settings.max_reference_bits = 1024;
  }
  return settings;
}

/// FNV-1a of 64 bits.
class Hash {
 public:
  void add(const std::string& text) {
    constexpr std::uint64_t prime = 1099511628211ULL;
    for (const char character : text) {
      value_ ^= static_cast<unsigned char>(character);
      value_ *= prime;
    }
  }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 14695981039346656037ULL;
};

/// What was noted of an experiment under some settings.
struct Golden {
  const char* settings;
  const char* experiment;
  std::size_t measurements;
  std::int64_t draws;  ///< of all measurements together
  double cost;         ///< of a draw of each together
  std::uint64_t keys;  ///< hash of all keys in their order, each followed by a line feed
};

// Keys of the reference's error in deep networks changed with "first_run": their draws end with other bits.
const Golden golden[] = {
    {"quick", "precision", 7, 444, 0x1.cf5354p+36, 0x3341aa7e37686588},
    {"quick", "depth", 15, 668, 0x1.3848948p+38, 0x93c9e2405f088a1f},
    {"quick", "width", 15, 508, 0x1.6fe55fa4p+39, 0xc7288d961ef99ce1},
    {"quick", "batch-size", 15, 728, 0x1.885503p+37, 0x9a6bac55722b7d6e},
    {"quick", "sample-size", 5, 424, 0x1.7d1f62p+36, 0xf9a84a8b24bfd422},
    {"quick", "magnitude", 4, 312, 0x1.2aeb7p+36, 0xe5cd05e9e1eb7c1f},
    {"quick", "conv-volume", 16, 32, 0x1.1bc00ap+39, 0x156e4d09b0cc7b71},
    {"quick", "svhn-volume", 5, 2, 0x1.05ca7fp+37, 0x2f247bd299541a43},
    {"quick", "imagenet-volume", 4, 1, 0x1.3cdaccccccccdp+36, 0x598ef00d937bc143},
    {"quick", "divergence", 5, 14, 0x1.87a9ap+39, 0xae0fde997a5b8cd8},
    {"quick", "zero-counts", 81, 51, 0x1.000b54cp+40, 0xa3664442ba6ece5c},
    {"quick", "reference-error", 15, 12, 0x1.06394f07p+41, 0x3e313db7a4b45c6c},
    {"quick", "zero-origin", 25, 84, 0x1.a7e9674p+37, 0x8b8570f84a09c42d},
    {"quick", "zone-shape", 1, 3, 0x1.3f347cp+39, 0xee85b9b04585879e},
    {"quick", "zero-law", 75, 118, 0x1.a535508p+39, 0x2ae64687b2993098},
    {"quick", "kinks", 60, 68, 0x1.36dc46p+39, 0x5ba4c867d25d99fd},
    {"paper", "precision", 7, 7000, 0x1.cf5354p+36, 0x3341aa7e37686588},
    {"paper", "depth", 15, 15000, 0x1.3848948p+38, 0x93c9e2405f088a1f},
    {"paper", "width", 15, 15000, 0x1.6fe55fa4p+39, 0xc7288d961ef99ce1},
    {"paper", "batch-size", 15, 15000, 0x1.885503p+37, 0x9a6bac55722b7d6e},
    {"paper", "sample-size", 5, 5000, 0x1.7d1f62p+36, 0xf9a84a8b24bfd422},
    {"paper", "magnitude", 4, 4000, 0x1.2aeb7p+36, 0xe5cd05e9e1eb7c1f},
    {"paper", "conv-volume", 16, 16000, 0x1.4c850bb8p+44, 0x4935a083d3ae9bc1},
    {"paper", "svhn-volume", 5, 5000, 0x1.32c94cd4p+42, 0xe65c16c26a5dbb43},
    {"paper", "imagenet-volume", 4, 400, 0x1.6476266666666p+40, 0x85ed981639043bbb},
    {"paper", "divergence", 5, 500, 0x1.87a9ap+39, 0xae0fde997a5b8cd8},
    {"paper", "zero-counts", 81, 81, 0x1.ec93640bp+48, 0xc2cc1d41db877698},
    {"paper", "reference-error", 15, 165, 0x1.06394f07p+41, 0x3e313db7a4b45c6c},
    {"paper", "zero-origin", 25, 5300, 0x1.a7e9674p+37, 0x8b8570f84a09c42d},
    {"paper", "zone-shape", 1, 10, 0x1.3f347cp+39, 0xee85b9b04585879e},
    {"paper", "zero-law", 75, 2220, 0x1.a535508p+39, 0x2ae64687b2993098},
    {"paper", "kinks", 60, 6000, 0x1.36dc46p+39, 0x5ba4c867d25d99fd},
    {"other", "precision", 7, 20, 0x1.ee36cp+30, 0x2425b32738effddc},
    {"other", "depth", 15, 40, 0x1.4d1a38p+32, 0x7adc65e03caaa281},
    {"other", "width", 15, 40, 0x1.886c21cp+33, 0x87a86920ac21b593},
    {"other", "batch-size", 15, 45, 0x1.a27cdp+31, 0xdee24fabd2bb5752},
    {"other", "sample-size", 5, 14, 0x1.9687ep+30, 0xb5cc192df9119ace},
    {"other", "magnitude", 4, 12, 0x1.3ed9p+30, 0x918f80a12c6fc573},
    {"other", "conv-volume", 16, 48, 0x1.3f380b4p+40, 0x90ec93e9d6a04db9},
    {"other", "svhn-volume", 5, 14, 0x1.05ca7fp+38, 0x33c607358d1539d},
    {"other", "imagenet-volume", 4, 12, 0x1.3cdaccccccccdp+36, 0x98aa14e457b180f3},
    {"other", "divergence", 5, 14, 0x1.87a9ap+39, 0x47ac953a99776ae7},
    {"other", "zero-counts", 81, 242, 0x1.000b54cp+40, 0x68c8a153e9f78c56},
    {"other", "reference-error", 15, 45, 0x1.06394f07p+41, 0x82c2bfed2afd1266},
    {"other", "zero-origin", 25, 70, 0x1.3e33075cp+37, 0xf86b7137ead1ed0a},
    {"other", "zone-shape", 1, 3, 0x1.3f347cp+39, 0xaa485b7f60105501},
    {"other", "zero-law", 75, 207, 0x1.b1320bp+38, 0x42c729c34c45c425},
    {"other", "kinks", 60, 168, 0x1.724e0e8p+36, 0xc32de0aecbaf6465},
};

TEST(MeasurementKeys, OfEveryExperimentAreThoseOfStoresWrittenBefore) {
  for (const Golden& expected : golden) {
    const std::string at = std::string(expected.experiment) + ", " + expected.settings;
    const RunSettings settings = noted(expected.settings);
    Measurements measurements = find_experiment(expected.experiment).measurements();
    // Those that fix a kernel came later, but in the experiment that was made of them.
    const bool came_later = std::string_view(expected.experiment) != "zero-law";
    std::erase_if(measurements, [came_later](const MeasurementPtr& of) {
      return came_later && of->setting.kernel.has_value();
    });
    EXPECT_EQ(measurements.size(), expected.measurements) << at;
    Hash keys;
    std::int64_t draws = 0;
    double cost = 0;
    for (const MeasurementPtr& measurement : measurements) {
      keys.add(measurement->key(settings) + "\n");
      draws += measurement->draws(settings);
      cost += measurement->cost(build(measurement->setting.network), settings);
    }
    EXPECT_EQ(keys.value(), expected.keys) << at << ": the first key is\n" << measurements[0]->key(settings);
    EXPECT_EQ(draws, expected.draws) << at;
    EXPECT_EQ(cost, expected.cost) << at;
  }
}

/// In full, so that a difference can be read: the first key of an experiment of each kind.
const std::map<std::string, const char*>
    first_keys{
        {"precision",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","extent":"until impacted","images":60000,"magnitude":false,"network":"mlp-3x256","precision":"fp16","protocol":"fast","s":[0.0,1.0],"seed":1})"},
        {"conv-volume",
         R"({"batch_size":100,"data":"synthetic objects","device":"cpu","images":50000,"measured":"stream","minibatches":4,"network":"VGG11","order":"shuffled","precision":"fp16","protocol":"fast","s":[0.0,1.0],"seed":1,"transform":"random crop with padding 4, flip"})"},
        {"divergence",
         R"({"batch_size":128,"data":"synthetic digits","device":"cpu","images":60000,"iterations":100,"learning_rate":[0.01,0.012],"measured":"divergence","momentum":0.0,"network":"mlp-2000-128","precision":"fp16","s":[0.0,1.0],"seed":1,"weight_decay":0.0})"},
        {"zero-counts",
         R"({"batch_size":128,"data":"synthetic digits","device":"cpu","images":60000,"iterations":469,"learning_rate":0.01,"measured":"zeros in training","momentum":0.9,"network":"mlp-1x16","precision":"fp16","s":0.0,"seed":1,"weight_decay":0.0005})"},
        {"reference-error",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","measured":"reference error","network":"mlp-3x256","precision":"fp16","proof":"balls and 2-norms","reference_bits":[128,512],"s":[0.0,1.0],"seed":1})"},
        {"zero-origin",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","enough_zeros":64,"images":10240,"measured":"zero origins","network":"mlp-3x256","precision":"fp16","proof":"balls and 2-norms","reference_bits":[128,512],"seed":1})"},
        {"kernels",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","images":60000,"measured":"kernel-sweep","minibatches":235,"network":"mlp-3x256","order":"stored","precision":"fp32","protocol":"fast","s":[0.0,1.0],"seed":1,"transform":"as they are"})"},
        {"zone-shape",
         R"({"batch_size":128,"data":"synthetic digits","device":"cpu","images":60000,"iterations":938,"learning_rate":[0.01,0.012],"measured":"zone shape","network":"mlp-2000-128","precision":"fp32","reference_bits":128,"s":0.0,"seed":1,"slice":{"half_width":5e-06,"side":200}})"},
        {"kinks",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","explained_samples":4,"images":6144,"measured":"kink-survey","network":"mlp-3x256","precision":"fp16","proof":"balls and 2-norms","reference_bits":[128,512],"seed":1})"},
        {"sgd-sweep", R"({"batch_size":128,"data":"synthetic digits","device":"cpu","epochs":2,"images":7680,"learning_rate":0.01526,"loss_scaling":false,"measured":"training","network":"mlp-3x256","optimizer":"SGD, momentum 0.9, weight decay 0.0005","precision":"fp16","rule":"either rule","s":0.0,"schedule":"constant","seed":1,"test_data":"","test_images":0,"transform":"as they are"})"},
        {"zero-law",
         R"({"batch_size":256,"data":"synthetic digits","device":"cpu","images":10240,"kernel":"portable","linear_bias":"in binary32","measured":"zero law","network":"mlp-3x256","precision":"fp16","seed":1,"window_share":0.125})"},
    };

TEST(MeasurementKeys, ReadAsTheyDid) {
  std::set<std::string_view> kinds;
  for (const auto& [experiment, key] : first_keys) {
    const MeasurementPtr first = find_experiment(experiment).measurements().front();
    EXPECT_EQ(first->key(noted("quick")), key) << experiment;
    kinds.insert(first->kind());
  }
  EXPECT_EQ(kinds.size(), kinds_of_measurement().size()) << "every kind has a key here";
}

TEST(MeasurementKeys, NameAnyKernelButTheNativeOne) {
  for (const auto& [experiment, key] : first_keys) {
    const MeasurementPtr first = find_experiment(experiment).measurements().front();
    if (first->setting.kernel) {
      continue;  // it has its own, whatever the run's is
    }
    RunSettings settings = noted("quick");
    for (const char* kernel : {"bias-last", "portable", "portable:no-fma+block=64"}) {
      settings.kernel = parse_kernel_choice(kernel);
      nlohmann::json identity = nlohmann::json::parse(first->key(settings));
      EXPECT_EQ(identity.at("kernel"), kernel);
      identity.erase("kernel");
      const bool says_of_the_bias =
          kernel != std::string("bias-last") && storage_bits(first->setting.precision) == 16;
      EXPECT_EQ(identity.erase("linear_bias"), says_of_the_bias ? 1U : 0U);
      EXPECT_EQ(identity.dump(), key) << "nothing else changes";
    }
  }
}

TEST(Measurements, AreToldApartByTheirDescriptionsWhichNameTheData) {
  const RunSettings settings = test::synthetic_settings();
  std::map<std::string, std::string> described;
  for (const Experiment& experiment : experiments()) {
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      const std::string text = measurement->describe();
      const auto [found, is_new] = described.try_emplace(text, measurement->key(settings));
      EXPECT_EQ(found->second, measurement->key(settings)) << text;
      EXPECT_NE(text.find(name(measurement->setting.data)), std::string::npos) << text;
    }
  }
  const auto vgg_on = [](const char* experiment) {
    return find_experiment(experiment).measurements().front()->describe();
  };
  EXPECT_EQ(vgg_on("conv-volume").substr(0, 32), "VGG11 on CIFAR-10, fp16, batch 1");
  EXPECT_EQ(vgg_on("svhn-volume").substr(0, 28), "VGG11 on SVHN, fp16, batch 1");
}

TEST(Measurements, OfEveryExperimentAreOfAListedKind) {
  std::set<std::string_view> listed;
  for (const MeasurementPtr& kind : kinds_of_measurement()) {
    EXPECT_TRUE(listed.insert(kind->kind()).second) << kind->kind() << " is listed twice";
    EXPECT_EQ(kind->kind().find(' '), std::string_view::npos) << kind->kind();
  }
  std::set<std::string_view> used;
  for (const Experiment& experiment : experiments()) {
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      used.insert(measurement->kind());
    }
  }
  EXPECT_EQ(used, listed);
}

TEST(Measurements, DependOnTheTwoValuesUnlessTheyHaveTheirOwnOrPassForwardOnly) {
  std::set<std::string_view> without;
  for (const Experiment& experiment : experiments()) {
    for (const MeasurementPtr& measurement : experiment.measurements()) {
      if (!measurement->depends_on_s()) {
        without.insert(measurement->kind());
      }
    }
  }
  EXPECT_EQ(without, (std::set<std::string_view>{"kink-survey", "training", "zero-law", "zero-origins"}));
}

}  // namespace
}  // namespace relu0
