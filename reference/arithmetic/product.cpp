#include "reference/arithmetic/product.hpp"

#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/exact/moduli.hpp"
#include "reference/arithmetic/exact/workspace.hpp"
#include "reference/arithmetic/product_kinds.hpp"

#include <stdexcept>

#include <fmt/format.h>

namespace relu0::reference {

std::string_view name(ProductKind kind) { return kind == ProductKind::plain ? "plain" : "exact-slices"; }

bool multiply(const Operand& x, const Operand& y, const Target& target, const Tensor* addend,
              const ProductOptions& options) {
  const int bits = target.values.bits();
  if (x.values.bits() != bits || y.values.bits() != bits || (addend != nullptr && addend->bits() != bits)) {
    throw std::logic_error("a product of operands of several precisions");
  }
  if (x.inner.size() != y.inner.size() || x.outer.size() != target.left.size() ||
      y.outer.size() != target.right.size() ||
      (addend != nullptr && addend->size() != static_cast<std::int64_t>(target.right.size()))) {
    throw std::logic_error("a product of operands that do not fit");
  }
  if (static_cast<std::int64_t>(x.inner.size()) > max_inner) {
    throw std::logic_error(fmt::format("a product over {} elements; at most {}", x.inner.size(), max_inner));
  }
  if (options.kind == ProductKind::plain) {
    return multiply_plainly(x, y, target, addend, options.threads);
  }
  if (options.workspace) {
    return multiply_exact_slices(x, y, target, addend, options.threads, *options.workspace);
  }
  ProductWorkspace workspace;
  return multiply_exact_slices(x, y, target, addend, options.threads, workspace);
}

std::shared_ptr<ProductWorkspace> make_product_workspace() { return std::make_shared<ProductWorkspace>(); }

int product_dgemms(std::int64_t inner, int bits) { return Moduli(fixed_point_bits(bits), inner).count(); }

}  // namespace relu0::reference
