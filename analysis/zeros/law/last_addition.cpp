#include "analysis/zeros/law/last_addition.hpp"

#include "fixtures/error.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace relu0 {

namespace {

/// The format in which a kernel stores what a layer gives.
reference::Format stored_format(const KernelChoice& kernel, Precision precision) {
  reference::Format format = reference::storage_format(precision);
  if (kernel.order.bits != 0) {
    format.significand = kernel.order.bits;
  }
  return format;
}

/// The one in which it adds: binary32 for values of 16 bits.
reference::Format summed_format(const KernelChoice& kernel, Precision precision) {
  return storage_bits(precision) == 16 ? reference::storage_format(Precision::fp32)
                                       : stored_format(kernel, precision);
}

bool bias_comes_last(const KernelChoice& kernel) {
  return kernel.family == KernelFamily::bias_last ||
         (kernel.family == KernelFamily::portable && kernel.order.bias == BiasPlace::last);
}

/// Whether the sum of the products is rounded to the storage format before the bias comes.
bool bias_comes_apart(const KernelChoice& kernel, LayerBias bias) {
  return bias_comes_last(kernel) &&
         (bias == LayerBias::of_convolution || kernel.family != KernelFamily::portable);
}

}  // namespace

double LastAddition::spacing(double addend_value) const {
  return std::ldexp(1, std::max(reference::ulp_exponent(format, addend_value), storage.floor_exponent()));
}

double LastAddition::product_spacing(double x, double weight) const {
  const double product = x * weight;
  const double ulp = std::ldexp(1, reference::ulp_exponent(format, product));
  const bool on_grid = std::fma(x, weight, -product) == 0 && std::fmod(product, ulp) == 0;
  return addend == Addend::rounded_product || on_grid ? spacing(product)
                                                      : std::ldexp(1, storage.floor_exponent());
}

double LastAddition::most_cells() const {
  return std::ldexp(1, std::min(format.significand - 3, storage.significand));
}

LastAddition last_addition(const KernelChoice& kernel, Precision precision, LayerBias bias) {
  const bool portable = kernel.family == KernelFamily::portable;
  const reference::Format storage = stored_format(kernel, precision);
  const reference::Format summed = summed_format(kernel, precision);
  if (bias != LayerBias::none && (!portable || bias_comes_last(kernel))) {
    return {.addend = LastAddition::Addend::bias,
            .format = bias_comes_apart(kernel, bias) ? storage : summed,
            .storage = storage};
  }
  if (portable && (kernel.order.block != 0 || kernel.order.winograd)) {
    throw InputError(fmt::format(
        "the kernel '{}' ends its sums without a bias in a way for which there is no law of zeros; choose "
        "one that adds term by term, such as 'portable' or 'portable:no-fma'",
        name(kernel)));
  }
  const bool fused = portable && kernel.order.fma && kernel.order.bits == 0;
  return {.addend = fused ? LastAddition::Addend::exact_product : LastAddition::Addend::rounded_product,
          .format = summed,
          .storage = storage};
}

LastAddition last_addition_of_layers(const KernelChoice& kernel, Precision precision) {
  const reference::Format storage = stored_format(kernel, precision);
  return {.addend = LastAddition::Addend::bias, .format = storage, .storage = storage};
}

}  // namespace relu0
