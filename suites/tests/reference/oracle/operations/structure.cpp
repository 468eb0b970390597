#include "suites/tests/reference/oracle/operations/all.hpp"

#include <utility>

namespace relu0::oracle {

Matrix forward(const Add& /*add*/, const Pass& pass) {
  Matrix y = pass.x(0) + pass.x(1);
  allow_roundings(y, pass.contract());
  return y;
}

void backward(const Add& /*add*/, Pass& pass) {
  pass.give_input(pass.dy(), 0);
  pass.give_input(pass.dy(), 1);
}

namespace {

/// Element by element, each product rounded once.
Matrix products(const Matrix& a, const Matrix& b, const Pass& pass) {
  Matrix result = a.cwiseProduct(b);
  allow_roundings(result, pass.contract());
  return result;
}

}  // namespace

Matrix forward(const Multiply& /*multiply*/, const Pass& pass) {
  return products(pass.x(0), pass.x(1), pass);
}

void backward(const Multiply& /*multiply*/, Pass& pass) {
  pass.give_input(products(pass.dy(), pass.x(1), pass), 0);
  pass.give_input(products(pass.dy(), pass.x(0), pass), 1);
}

/// Elements are row-major, so that the first dimension's parts lie one after the other.
Matrix forward(const Concatenate& /*concatenate*/, const Pass& pass) {
  Matrix y = pass.output_zeros();
  Index first = 0;
  for (std::size_t i = 0; i < pass.inputs(); ++i) {
    y.middleCols(first, pass.x(i).cols()) = pass.x(i);
    first += pass.x(i).cols();
  }
  return y;
}

void backward(const Concatenate& /*concatenate*/, Pass& pass) {
  Index first = 0;
  for (std::size_t i = 0; i < pass.inputs(); ++i) {
    pass.give_input(pass.dy().middleCols(first, pass.x(i).cols()), i);
    first += pass.x(i).cols();
  }
}

namespace {

/// visit(element of the input, element of the output) of those that are taken, in the order of both: those
/// whose index in the narrowed dimension is one of them.
template <typename Visit>
void for_each_taken(const Narrow& narrow, const Pass& pass, Visit visit) {
  const Shape& in = pass.in_shape();
  Index inner = 1;
  for (std::size_t i = in.size(); i-- > static_cast<std::size_t>(narrow.dimension) + 1;) {
    inner *= in[i];
  }
  Index taken = 0;
  for (Index element = 0; element < pass.x().cols(); ++element) {
    const Index index = element / inner % in[static_cast<std::size_t>(narrow.dimension)];
    if (index >= narrow.start && index < narrow.start + narrow.length) {
      visit(element, taken++);
    }
  }
}

}  // namespace

Matrix forward(const Narrow& narrow, const Pass& pass) {
  Matrix y = pass.output_zeros();
  for_each_taken(narrow, pass, [&](Index in, Index out) { y.col(out) = pass.x().col(in); });
  return y;
}

void backward(const Narrow& narrow, Pass& pass) {
  Matrix dx = Pass::zeros_like(pass.x());
  for_each_taken(narrow, pass, [&](Index in, Index out) { dx.col(in) = pass.dy().col(out); });
  pass.give_input(std::move(dx));
}

// Row-major elements keep their order in another shape.
Matrix forward(const Flatten& /*flatten*/, const Pass& pass) { return pass.x(); }
void backward(const Flatten& /*flatten*/, Pass& pass) { pass.give_input(pass.dy()); }
Matrix forward(const Reshape& /*reshape*/, const Pass& pass) { return pass.x(); }
void backward(const Reshape& /*reshape*/, Pass& pass) { pass.give_input(pass.dy()); }

namespace {

/// visit(element of the input, element of the output): the output's index i is the input's index
/// permutation[i].
template <typename Visit>
void for_each_moved(const Transpose& transpose, const Pass& pass, Visit visit) {
  const Shape& in = pass.in_shape();
  std::vector<Index> index(in.size());
  for (Index element = 0; element < pass.x().cols(); ++element) {
    Index left = element;
    for (std::size_t i = in.size(); i-- > 0;) {
      index[i] = left % in[i];
      left /= in[i];
    }
    Index moved = 0;
    for (const std::int64_t dimension : transpose.permutation) {
      const auto i = static_cast<std::size_t>(dimension);
      moved = moved * in[i] + index[i];
    }
    visit(element, moved);
  }
}

}  // namespace

Matrix forward(const Transpose& transpose, const Pass& pass) {
  Matrix y = pass.output_zeros();
  for_each_moved(transpose, pass, [&](Index in, Index out) { y.col(out) = pass.x().col(in); });
  return y;
}

void backward(const Transpose& transpose, Pass& pass) {
  Matrix dx = Pass::zeros_like(pass.x());
  for_each_moved(transpose, pass, [&](Index in, Index out) { dx.col(in) = pass.dy().col(out); });
  pass.give_input(std::move(dx));
}

}  // namespace relu0::oracle
