// The paper's claims as data, and how they are read.
#include "suites/claims/paper_claims.hpp"

#include "suites/experiments/experiment.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(const std::string& toml) {
  try {
    parse_paper_claims(toml);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "nothing was thrown";
}

TEST(PaperClaims, AreTheNineteenOfThePaper) {
  EXPECT_EQ(paper_claims().size(), 19U);
  EXPECT_EQ(paper_claims().front().claim.id, "fp16-systematic");
  EXPECT_EQ(find_paper_claim("fp32-half").extent,
            (ProtocolExtent{.images = 60'000, .minibatches = 235, .iterations = {}, .epochs = {}}));
  EXPECT_EQ(find_paper_claim("zero-counts").extent.epochs, 100);
  EXPECT_THROW(find_paper_claim("fp8"), std::logic_error);
}

TEST(PaperClaims, NameExperimentsThatThereAre) {
  std::size_t without = 0;
  for (const PaperClaim& of : paper_claims()) {
    if (of.claim.experiment.empty()) {
      ++without;
    } else {
      EXPECT_EQ(find_experiment(of.claim.experiment).id, of.claim.experiment);
    }
  }
  EXPECT_EQ(without, 0U) << "each is measured by an experiment";
}

TEST(PaperClaims, AreReadWithTheirLinesFolded) {
  const auto claims = parse_paper_claims(
      "[[claim]]\nid = 'a'\nname = 'n'\nsentence = 's'\npublished = 'p'\n"
      "protocol = '''\none,\n  two\n'''\nabsence = 'none'\n"
      "extent = { iterations = 7 }\n");
  ASSERT_EQ(claims.size(), 1U);
  EXPECT_EQ(claims[0].claim.protocol, "one, two");
  EXPECT_EQ(claims[0].extent.iterations, 7);
  EXPECT_EQ(claims[0].extent.images, std::nullopt);
}

TEST(PaperClaims, ThatCannotBeReadAreRefusedWithTheirPlace) {
  const std::string text =
      "[[claim]]\nid = 'a'\nname = 'n'\nsentence = 's'\npublished = 'p'\nprotocol = 'q'\n";
  const std::string whole = text + "experiment = 'depth'\n";
  EXPECT_EQ(error_of(whole), "nothing was thrown");
  EXPECT_THAT(error_of(whole + whole), HasSubstr("paper_claims.toml:8: there are two claims 'a'"));
  EXPECT_THAT(error_of(text), HasSubstr("either an experiment, or a reason"));
  EXPECT_THAT(error_of(whole + "absence = 'none'\n"), HasSubstr("either an experiment, or a reason"));
  EXPECT_THAT(error_of("[[claim]]\nid = 'a'\nexperiment = 'depth'\n"), HasSubstr("has no 'name'"));
  EXPECT_THAT(error_of(whole + "colour = 'red'\n"), HasSubstr("paper_claims.toml:8: 'colour' is no key"));
  EXPECT_THAT(error_of(whole + "extent = { images = 0 }\n"), HasSubstr("not a positive whole number"));
  EXPECT_THAT(error_of(whole + "extent = { images = 1.5 }\n"), HasSubstr("not a positive whole number"));
  EXPECT_THAT(error_of(whole + "extent = { hours = 2 }\n"), HasSubstr("'hours' is no key"));
  EXPECT_THAT(error_of(whole + "extent = 3\n"), HasSubstr("not a table of numbers"));
  EXPECT_THAT(error_of("[claim]\nid = 'a'\n"), HasSubstr("not a list of claims"));
  EXPECT_THAT(error_of("[[claim]]\nid = 3\n"), HasSubstr("'id' is not a text"));
  EXPECT_THAT(error_of("[[claim\n"), StartsWith("paper_claims.toml:1: "));
}

}  // namespace
}  // namespace relu0
