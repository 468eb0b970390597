#include "analysis/kernels/kernel_choice.hpp"

#include "fixtures/error.hpp"

#include <charconv>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

constexpr std::string_view kernels_there_are =
    "use native, bias-last, or portable, which takes details after a colon, joined by '+': no-fma, block=N, "
    "bias-first, winograd, bits=N (portable:no-fma+block=64)";

[[noreturn]] void refuse(std::string_view text, std::string_view why) {
  throw InputError(fmt::format("kernel '{}': {}", text, why));
}

/// The number after "block=" or "bits=".
std::int64_t number_of(std::string_view text, std::string_view detail, std::int64_t low, std::int64_t high) {
  const std::string_view digits = detail.substr(detail.find('=') + 1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || value < low || value > high) {
    refuse(text, fmt::format("'{}' needs a whole number from {} to {}", detail, low, high));
  }
  return value;
}

void set_detail(std::string_view text, std::string_view detail, SummationOrder& order) {
  constexpr std::int64_t largest_block = 1'000'000'000;
  if (detail == "no-fma") {
    order.fma = false;
  } else if (detail == "bias-first") {
    order.bias = BiasPlace::first;
  } else if (detail == "winograd") {
    order.winograd = true;
  } else if (detail.starts_with("block=")) {
    order.block = number_of(text, detail, 1, largest_block);
  } else if (detail.starts_with("bits=")) {
    order.bits =
        static_cast<int>(number_of(text, detail, SummationOrder::min_bits, SummationOrder::max_bits));
    order.fma = false;
  } else {
    refuse(text, fmt::format("unknown detail '{}': {}", detail, kernels_there_are));
  }
}

SummationOrder parse_order(std::string_view text, std::string_view details) {
  SummationOrder order;
  std::set<std::string_view> seen;
  // A separator at the end is followed by a detail that is missing.
  for (std::size_t begin = 0; begin <= details.size();) {
    const std::size_t end = std::min(details.find_first_of("+,", begin), details.size());
    const std::string_view detail = details.substr(begin, end - begin);
    if (!seen.insert(detail.substr(0, detail.find('='))).second) {
      refuse(text, fmt::format("'{}' is given twice", detail));
    }
    set_detail(text, detail, order);
    begin = end + 1;
  }
  if (order.winograd && order.bias == BiasPlace::first) {
    refuse(text, "Winograd's sums have no place for a bias at their beginning: leave out bias-first");
  }
  if (order.winograd && order.bits != 0) {
    refuse(text, "the transforms of Winograd are not made for other numbers of bits: leave out one of them");
  }
  return order;
}

}  // namespace

KernelChoice usual_kernel(Device device) {
  if (device != Device::cpu) {
    return {};
  }
  return {.family = KernelFamily::portable, .order = {.winograd = true}};
}

std::string name(const KernelChoice& kernel) {
  switch (kernel.family) {
    case KernelFamily::native:
      return "native";
    case KernelFamily::bias_last:
      return "bias-last";
    case KernelFamily::portable:
      break;
  }
  const SummationOrder& order = kernel.order;
  std::vector<std::string> details;
  if (!order.fma && order.bits == 0) {
    details.emplace_back("no-fma");
  }
  if (order.block != 0) {
    details.push_back(fmt::format("block={}", order.block));
  }
  if (order.bias == BiasPlace::first) {
    details.emplace_back("bias-first");
  }
  if (order.winograd) {
    details.emplace_back("winograd");
  }
  if (order.bits != 0) {
    details.push_back(fmt::format("bits={}", order.bits));
  }
  return details.empty() ? "portable" : fmt::format("portable:{}", fmt::join(details, "+"));
}

KernelChoice parse_kernel_choice(std::string_view text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view family = text.substr(0, colon);
  for (const KernelFamily simple : {KernelFamily::native, KernelFamily::bias_last}) {
    const KernelChoice kernel{.family = simple};
    if (family == name(kernel)) {
      if (colon != text.size()) {
        refuse(text, fmt::format("{} takes no details", family));
      }
      return kernel;
    }
  }
  if (family != "portable") {
    refuse(text, fmt::format("there is none of that name: {}", kernels_there_are));
  }
  KernelChoice kernel{.family = KernelFamily::portable};
  if (colon != text.size()) {
    kernel.order = parse_order(text, text.substr(colon + 1));
  }
  return kernel;
}

void require_kernel(const KernelChoice& kernel, Precision precision, Device device) {
  if (kernel.family == KernelFamily::portable && is_cuda(device)) {
    throw InputError(fmt::format(
        "kernel '{}' computes on the CPU: give --device cpu, or one of the kernels native and bias-last",
        name(kernel)));
  }
  if (kernel.order.bits != 0 && precision != Precision::fp64) {
    throw InputError(
        fmt::format("kernel '{}' carries its numbers in binary64, and this computes at {}: select what "
                    "computes at fp64 only",
                    name(kernel), name(precision)));
  }
}

std::string describe(const KernelChoice& kernel) {
  switch (kernel.family) {
    case KernelFamily::native:
      return "LibTorch's kernels as it calls them";
    case KernelFamily::bias_last:
      return "LibTorch's products, rounded, then the bias added";
    case KernelFamily::portable:
      break;
  }
  const SummationOrder& order = kernel.order;
  std::string terms = order.bits != 0 ? fmt::format("each product and sum rounded to {} bits", order.bits)
                      : order.fma     ? "each term by a fused multiply-add"
                                      : "each product rounded, then the sum";
  return fmt::format("relu0's portable kernels: {}, {}, bias {}{}", terms,
                     order.block != 0 ? fmt::format("sums over {} terms added in order", order.block)
                                      : "all terms in one chain",
                     order.bias == BiasPlace::first ? "first" : "last",
                     order.winograd ? ", 3×3 convolutions by Winograd's F(2×2, 3×3)" : "");
}

}  // namespace relu0
