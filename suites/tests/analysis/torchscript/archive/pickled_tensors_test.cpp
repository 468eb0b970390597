#include "analysis/torchscript/archive/pickled_tensors.hpp"

#include "suites/tests/input_error.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string pickled_text(std::string_view bytes) { return std::string(bytes); }

/// BINUNICODE of a short text.
std::string pickled_unicode(std::string_view content) {
  return pickled_text("X") + static_cast<char>(content.size()) + pickled_text("\0\0\0"sv) +
         pickled_text(content);
}

/// BININT.
std::string pickled_integer(std::int32_t number) {
  std::string result = "J";
  for (int byte = 0; byte < 4; ++byte) {
    result += static_cast<char>(static_cast<std::uint32_t>(number) >> (8U * static_cast<unsigned>(byte)));
  }
  return result;
}

std::string pickled_storage(const std::string& elements, std::string_view name = "FloatStorage") {
  return "(" + pickled_unicode("storage") + "ctorch\n" + pickled_text(name) + "\n" + pickled_unicode("7") +
         pickled_unicode("cpu") + elements + "tQ";
}

std::string pickled_integers(const std::vector<std::int32_t>& numbers) {
  std::string result = "(";
  for (const std::int32_t number : numbers) {
    result += pickled_integer(number);
  }
  return result + "t";
}

/// A tensor as torch.save() describes it, of a storage of 24 binary32 numbers.
std::string pickled_tensor(std::int32_t offset, const std::vector<std::int32_t>& shape,
                           const std::vector<std::int32_t>& strides) {
  return "ctorch._utils\n_rebuild_tensor_v2\n(" + pickled_storage(pickled_integer(24)) +
         pickled_integer(offset) + pickled_integers(shape) + pickled_integers(strides) + "\x89NtR.";
}

std::string refusal_of_tensors(const std::string& pickle) {
  return test::input_error_of([&pickle] { (void)storages_of(pickle); });
}

TEST(PickledTensors, HaveTheirStoragesNamed) {
  const std::vector<PickledStorage> storages = storages_of(pickled_tensor(0, {6, 4}, {4, 1}));
  ASSERT_THAT(storages, SizeIs(1));
  EXPECT_EQ(storages[0].key, "7");
  EXPECT_EQ(storages[0].bytes, 24U * 4);
  // A storage that is kept in the memo, and fetched from there.
  EXPECT_THAT(storages_of("(" + pickled_storage(pickled_integer(5), "DoubleStorage") +
                          pickled_text("q\x03h\x03t."sv)),
              SizeIs(1));
  EXPECT_EQ(
      storages_of(pickled_storage(pickled_text("\x8a\x05\x00\x00\x00\x00\x01"sv), "ByteStorage") + ".")[0]
          .bytes,
      std::uint64_t{1} << 32);
}

TEST(PickledTensors, MayUseAllOfTheirNumbersAndNoneBeyond) {
  for (const std::string& within :
       {pickled_tensor(0, {6, 4}, {4, 1}), pickled_tensor(23, {}, {}), pickled_tensor(0, {0, 99}, {99, 1}),
        pickled_tensor(24, {0}, {1}), pickled_tensor(0, {1000, 24}, {0, 1}),
        pickled_tensor(3, {3, 4}, {7, 2}), pickled_tensor(0, {1}, {1000})}) {
    EXPECT_THAT(storages_of(within), SizeIs(1));
  }
  constexpr std::int32_t largest = 2147483647;
  for (const std::string& beyond :
       {pickled_tensor(0, {7, 4}, {4, 1}), pickled_tensor(24, {}, {}), pickled_tensor(1, {6, 4}, {4, 1}),
        pickled_tensor(0, {6, 4}, {5, 1}), pickled_tensor(-1, {1}, {1}), pickled_tensor(0, {-1}, {1}),
        pickled_tensor(0, {2}, {-1}), pickled_tensor(largest, {1}, {1}),
        pickled_tensor(0, {largest, largest, largest}, {largest, largest, largest}),
        pickled_tensor(4, {3, 4}, {7, 2})}) {
    EXPECT_THAT(refusal_of_tensors(beyond), HasSubstr("reaches beyond its numbers"));
  }
}

TEST(PickledTensors, AreRefusedWhereNoWriterMadeThem) {
  EXPECT_THAT(refusal_of_tensors(pickled_storage(pickled_integer(-1)) + "."),
              HasSubstr("a storage of -1 elements"));
  EXPECT_THAT(
      refusal_of_tensors(pickled_storage(pickled_text("\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f"sv)) + "."),
      HasSubstr("a storage of 9223372036854775807 elements"));
  EXPECT_THAT(refusal_of_tensors(
                  pickled_storage(pickled_text("\x8a\x09\xff\xff\xff\xff\xff\xff\xff\xff\x7f"sv)) + "."),
              HasSubstr("more than 64 bits"));
  EXPECT_THAT(refusal_of_tensors(pickled_storage(pickled_integer(1), "OddStorage") + "."),
              HasSubstr("of an unknown class"));
  for (const std::string& odd : std::vector<std::string>{pickled_text("NQ."), pickled_text(")Q."),
                                                         "(NNNNNtQ.", pickled_storage("N") + "."}) {
    EXPECT_THAT(refusal_of_tensors(odd), HasSubstr("in a way that torch.save() does not"));
  }
  EXPECT_THAT(refusal_of_tensors("ctorch._utils\n_rebuild_tensor_v2\nNR."),
              HasSubstr("in a way that torch.save()"));
  EXPECT_THAT(refusal_of_tensors("Q."), HasSubstr("did not make"));
  EXPECT_THAT(refusal_of_tensors("N(Q."), HasSubstr("did not make"));
  EXPECT_THAT(refusal_of_tensors(pickled_text("h\x01."sv)), HasSubstr("did not keep"));
  EXPECT_THAT(refusal_of_tensors(pickled_text("(q\x01."sv)), HasSubstr("did not make"));
  EXPECT_THAT(refusal_of_tensors("N"), HasSubstr("has no end"));
}

TEST(PickledTensors, AreNotLookedForInPicklesThatAreTooDeep) {
  const auto nested = [](std::size_t times) { return "N" + std::string(times, '\x85') + "."; };
  EXPECT_NO_THROW((void)storages_of(nested(400)));
  EXPECT_THAT(refusal_of_tensors(nested(401)), HasSubstr("more than 400 deep"));
  EXPECT_THAT(refusal_of_tensors(nested(1'000'000)), HasSubstr("more than 400 deep"));
  EXPECT_THAT(refusal_of_tensors(std::string(1'000'000, ']') + std::string(999'999, 'a') + "."),
              HasSubstr("more than 400 deep"));
}

TEST(PickledTensors, SurviveEveryOtherByte) {
  const std::string whole =
      "(" + pickled_tensor(0, {6, 4}, {4, 1}).substr(0, pickled_tensor(0, {6, 4}, {4, 1}).size() - 1) +
      pickled_text("q\x01h\x01t.");
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(byte);
      try {
        (void)storages_of(damaged);
      } catch (const InputError& error) {
        ++refused;
        EXPECT_THAT(error.what(), testing::StartsWith("its pickle ")) << at << ", " << byte;
      }
    }
  }
  EXPECT_GT(refused, whole.size());
}

}  // namespace
}  // namespace relu0
