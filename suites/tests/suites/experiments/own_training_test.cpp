// Trainings of the user's own (relu0 run --train): what their texts mean, and which ones are refused.
#include "suites/experiments/training/own/own_training.hpp"

#include "fixtures/error.hpp"

#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace relu0::training_study {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(OwnTraining, IsThePapersWhereNothingElseIsSaid) {
  const Condition mlp = parse_own_training("network=mlp-3x2048");
  EXPECT_EQ(name(mlp), "mlp-3x2048 on MNIST, fp32, SGD");
  EXPECT_EQ(mlp.optimizer, OptimizerOptions(published_sgd));
  EXPECT_EQ(mlp.schedule, Schedule(ConstantRate{}));
  EXPECT_EQ(mlp.batch_size, 128);
  EXPECT_THAT(mlp.levels, ElementsAre(0, 1));
  EXPECT_EQ(given_rate(mlp, 1).published_for, 0) << "the published rate, of s = 0 for every s";
  EXPECT_TRUE(published(mlp, 0)) << "the published accuracy stands beside it";
  EXPECT_EQ(name(parse_own_training("network=resnet18")), "ResNet18 on CIFAR-10, fp32, SGD");
  EXPECT_TRUE(published(parse_own_training("network=resnet18,schedule=cosine"), 0));
  for (const char* other :
       {"network=resnet18", "network=resnet18,schedule=cosine,momentum=0",
        "network=resnet18,schedule=cosine,precision=fp16", "network=resnet18,schedule=cosine,batch=4",
        "network=mlp-3x256", "network=mlp-3x2048,learning-rate=0.5"}) {
    EXPECT_FALSE(published(parse_own_training(other), 0)) << other << " was not published";
  }
  EXPECT_FALSE(given_rate(parse_own_training("network=mlp-3x256"), 1).published_for);
  EXPECT_EQ(name(parse_own_training("network=ResNet50")), "ResNet50 on ImageNet, fp32, SGD");
  EXPECT_EQ(given_rate(parse_own_training("network=VGG13"), 1).rate, 0.01) << "none was published";
  EXPECT_EQ(given_rate(parse_own_training("network=VGG13,optimizer=adam"), 1).rate, 0.001);
}

TEST(OwnTraining, IsAllThatItsFieldsSay) {
  const Condition all = parse_own_training(
      "network=mlp-2x64, Data=cifar-10, precision=FP16, mixed=yes, batch-norm=yes, dropout=0.25, batch=32, "
      "optimizer=sgd, momentum=0, weight-decay=0.125, learning-rate=0.5, schedule=step:3:0.5, s=10, s=-1, "
      "s=0");
  EXPECT_EQ(name(all.network), "mlp-2x64-bn-dropout-0.25");
  EXPECT_EQ(std::get<Mlp>(all.network).input, (Shape{3, 32, 32}));
  EXPECT_EQ(all.data, DataName(datasets::cifar10));
  EXPECT_EQ(all.precision, Precision::fp16);
  EXPECT_TRUE(all.loss_scaling);
  EXPECT_TRUE(all.batch_norm);
  EXPECT_EQ(all.optimizer, OptimizerOptions(SgdOptions{.momentum = 0, .weight_decay = 0.125}));
  EXPECT_EQ(all.schedule, Schedule(StepDecay{.epochs = 3, .factor = 0.5}));
  EXPECT_THAT(all.levels, ElementsAre(0, -1, 10)) << "0 first";
  const GivenRate rate = given_rate(all, 10);
  EXPECT_EQ(rate.rate, 0.5);
  EXPECT_TRUE(rate.own);
  EXPECT_EQ(name(all),
            "mlp-2x64-bn-dropout-0.25 on CIFAR-10, fp16 mixed with fp32, SGD, momentum 0, weight decay "
            "0.125, rate 0.5, "
            "times 0.5 every 3 epochs, batch 32");
  EXPECT_EQ(name(parse_own_training("network=mlp-30-20,schedule=cosine,optimizer=adam,weight-decay=0.5")),
            "mlp-30-20 on MNIST, fp32, Adam, weight decay 0.5, cosine");
}

TEST(OwnTraining, TakesTheDataSetsImagesAndClasses) {
  EXPECT_EQ(name(parse_own_training("network=LeNet-5,data=mnist").network), "LeNet-5");
  EXPECT_EQ(name(parse_own_training("network=lenet5").network), "LeNet-5-3x32x32") << "on CIFAR-10";
  EXPECT_EQ(name(parse_own_training("network=resnet-18-bn").network), "ResNet18-bn");
  EXPECT_EQ(name(parse_own_training("network=mlp-16-16").network), "mlp-2x16") << "the same network";
  EXPECT_EQ(name(parse_own_training("network=VGG11,data=SVHN").network), "VGG11");
  const Condition imagenet = parse_own_training("network=ResNet18,data=imagenet,batch-norm=yes");
  EXPECT_EQ(name(imagenet.network), "ResNet18-bn-3x224x224-1000-classes");
}

struct RefusedTraining {
  std::string text;
  std::string message;
};

TEST(OwnTraining, IsRefusedWithTheFieldAndTheRemedy) {
  for (const auto& [text, message] : std::vector<RefusedTraining>{
           {"", "network is missing; give one such as network=mlp-3x256"},
           {"precision=fp16", "network is missing"},
           {"network=LeNet",
            "there is no such network; give mlp-LAYERSxNEURONS, mlp-NEURONS-NEURONS… or one of "
            "LeNet-5, VGG11"},
           {"network=mlp-0x256", "there is no such network"},
           {"network=mlp-3x", "there is no such network"},
           {"network=mlp-3x2x1", "there is no such network"},
           {"network=mlp-8-4,batch-norm=yes", "has neither batch-norms nor dropouts"},
           {"network=VGG11,dropout=0.5", "dropout: MLPs have it"},
           {"network=VGG11,data=mnist",
            "cannot be built for the images of MNIST, 1×28×28; take other sizes or another"},
           {"network=mlp-3x256,dropout=1", "dropout=1: give a probability below 1"},
           {"network=mlp-3x256,data=cifar", "give one of mnist, cifar10, svhn, imagenet"},
           {"network=mlp-3x256,precision=fp8", "unknown precision 'fp8': use fp16"},
           {"network=mlp-3x256,mixed=yes", "give precision=fp16 or bf16 in place of fp32"},
           {"network=mlp-3x256,mixed=perhaps", "mixed=perhaps: give yes or no"},
           {"network=mlp-3x256,batch=0", "batch '0': give a whole number from 1"},
           {"network=mlp-3x256,optimizer=lion", "optimizer=lion: give sgd or adam"},
           {"network=mlp-3x256,optimizer=adam,momentum=0.9", "momentum: Adam has none"},
           {"network=mlp-3x256,momentum=-1", "momentum=-1: give a number of at least 0"},
           {"network=mlp-3x256,batch-norm=yes,batch=1", "give 2 images at least"},
           {"network=mlp-3x256,s=1,2", "a field again for each further value"},
           {"network=mlp-3x256,learning-rate=0", "learning-rate=0: give a number above 0"},
           {"network=mlp-3x256,learning-rate=fast", "learning-rate=fast: give a finite decimal number"},
           {"network=mlp-3x256,schedule=linear", "give constant, cosine, or step:EPOCHS:FACTOR"},
           {"network=mlp-3x256,schedule=step:0:0.1", "schedule=step:EPOCHS '0'"},
           {"network=mlp-3x256,schedule=step:3:-1", "step"},
           {"network=mlp-3x256,s=0", "s=0: give another value to train with"},
           {"network=mlp-3x256,s=inf", "s=inf: give a finite decimal number"},
           {"network=mlp-3x256,precision=fp16,s=1e-9", "fp16 stores it as 0, which is another value's too"},
           {"network=mlp-3x256,precision=fp16,s=1e6", "fp16 stores it as inf, which is no number"},
           {"network=mlp-3x256,batch=1,batch=2", "batch is given 2 times"},
           {"netwrk=mlp-3x256", "there is no field 'netwrk'; the fields are network, data"},
           {"network=mlp-3x256,", "'' trains nothing: give FIELD=VALUE"}}) {
    try {
      (void)parse_own_training(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), StartsWith("--train '" + text + "': "));
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

TEST(OwnTraining, StandsOnceInARun) {
  EXPECT_EQ(parse_own_trainings({"network=mlp-3x8", "network=mlp-3x8,learning-rate=0.5"}).size(), 2U);
  EXPECT_THROW((void)parse_own_trainings({"network=mlp-3x8", "network=mlp-8-8-8,learning-rate=0.01"}),
               InputError)
      << "the usual rate";
  try {
    (void)parse_own_trainings({"network=mlp-3x8,s=1", "network=mlp-3x8,s=2"});
    ADD_FAILURE() << "was taken twice";
  } catch (const InputError& error) {
    EXPECT_THAT(error.what(),
                HasSubstr("mlp-3x8 on MNIST, fp32, SGD is trained already; give all values of s in one"));
  }
}

}  // namespace
}  // namespace relu0::training_study
