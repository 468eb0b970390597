#pragma once
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace relu0::test {

using TensorFunction = std::function<at::Tensor(const at::Tensor& x)>;

/// f(x), and the gradient that `g`, of the shape of f(x), gives x.
struct Differentiated {
  at::Tensor value;
  at::Tensor gradient;
};
Differentiated differentiate(const TensorFunction& function, const at::Tensor& x, const at::Tensor& g);

/// What `w` gives x and g through the gradient that g gives x: the second derivatives. Undefined where none
/// reaches it.
struct TwiceDifferentiated {
  at::Tensor of_x;
  at::Tensor of_g;
};
TwiceDifferentiated differentiate_twice(const TensorFunction& function, const at::Tensor& x,
                                        const at::Tensor& g, const at::Tensor& w);

}  // namespace relu0::test
