#include "suites/tests/reference/oracle/operations/all.hpp"
#include "suites/tests/reference/oracle/operations/image.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace relu0::oracle {

namespace {

/// What a window covers: the elements of the input, in row-major order, and how many places of the input with
/// its padding.
struct Covered {
  std::vector<Index> elements;
  Index places = 0;
};

/// visit(sample, output element, what its window covers) for every window.
template <typename Visit>
void for_each_window(const Window& window, const Pass& pass, Visit visit) {
  const Image in(pass.in_shape());
  const Image out(pass.out_shape());
  const auto& end = window.padding_end ? *window.padding_end : window.padding;
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for_each_place(out, [&](Index channel, Index r, Index c) {
      Covered covered;
      for_each_tap(window, r, c, [&](Index /*a*/, Index /*b*/, Index y, Index x) {
        covered.places += y < in.height + end[0] && x < in.width + end[1] ? 1 : 0;
        if (in.holds(y, x)) {
          covered.elements.push_back(in.at(channel, y, x));
        }
      });
      visit(sample, out.at(channel, r, c), covered);
    });
  }
}

/// As for_each_window(): output row i takes input rows floor(i H / height) to ceil((i + 1) H / height) − 1;
/// columns likewise.
template <typename Visit>
void for_each_window(const AdaptiveAveragePool& pool, const Pass& pass, Visit visit) {
  const Image in(pass.in_shape());
  const Image out(pass.out_shape());
  const auto first = [](Index i, Index extent, Index parts) { return i * extent / parts; };
  const auto end = [](Index i, Index extent, Index parts) { return ((i + 1) * extent + parts - 1) / parts; };
  for (Index sample = 0; sample < pass.samples(); ++sample) {
    for_each_place(out, [&](Index channel, Index r, Index c) {
      Covered covered;
      for (Index y = first(r, in.height, pool.height); y < end(r, in.height, pool.height); ++y) {
        for (Index x = first(c, in.width, pool.width); x < end(c, in.width, pool.width); ++x) {
          covered.elements.push_back(in.at(channel, y, x));
        }
      }
      visit(sample, out.at(channel, r, c), covered);
    });
  }
}

/// The elements that hold the window's maximum: one, or several that are exactly equal.
std::vector<Index> winners(Index sample, const std::vector<Index>& elements, const Pass& pass) {
  const auto at = [&](Index element) -> const Ball& { return pass.x()(sample, element); };
  const Index best = *std::max_element(elements.begin(), elements.end(),
                                       [&](Index a, Index b) { return at(a).middle < at(b).middle; });
  std::vector<Index> result;
  for (const Index element : elements) {
    const bool ties = at(best).is_exact() && at(element).is_exact() && at(best).middle == at(element).middle;
    if (element == best || ties) {
      result.push_back(element);
    } else if (!is_certainly_greater(at(best), at(element))) {
      throw std::logic_error("the winner of a max-pool is open");
    }
  }
  return result;
}

/// d loss / d input as a sum for each of its elements.
class InputSums {
 public:
  explicit InputSums(const Pass& pass) : pass_{pass}, sums_(static_cast<std::size_t>(pass.x().size())) {}

  void add(Index sample, Index element, const Ball& gradient) {
    sums_[static_cast<std::size_t>(sample * pass_.x().cols() + element)].add(gradient);
  }
  [[nodiscard]] Matrix rounded() const {
    Matrix dx = Pass::zeros_like(pass_.x());
    for (Index i = 0; i < dx.size(); ++i) {
      dx.data()[i] = sums_[static_cast<std::size_t>(i)].get(pass_.contract());
    }
    allow_layer_roundings(dx, pass_.contract());
    return dx;
  }

 private:
  const Pass& pass_;
  std::vector<Sum> sums_;
};

}  // namespace

Matrix forward(const MaxPool& pool, const Pass& pass) {
  Matrix y = pass.output_zeros();
  for_each_window(pool.window, pass, [&](Index sample, Index out, const Covered& covered) {
    y(sample, out) = pass.x()(sample, winners(sample, covered.elements, pass).front());
  });
  return y;
}

void backward(const MaxPool& pool, Pass& pass) {
  InputSums sums(pass);
  for_each_window(pool.window, pass, [&](Index sample, Index out, const Covered& covered) {
    const std::vector<Index> tied = winners(sample, covered.elements, pass);
    const Ball& gradient = pass.dy()(sample, out);
    if (tied.size() > 1) {
      pass.meet_kink();
    }
    switch (pass.kinks().max_pool) {
      case TieChoice::first:
        sums.add(sample, tied.front(), gradient);
        break;
      case TieChoice::last:
        sums.add(sample, tied.back(), gradient);
        break;
      case TieChoice::mean:
        for (const Index element : tied) {
          sums.add(sample, element, gradient / Ball(static_cast<int>(tied.size())));
        }
        break;
    }
  });
  pass.give_input(sums.rounded());
}

namespace {

/// Each output is the sum over its window, divided by `area(what it covers)`.
template <typename Pool, typename Area>
Matrix average(const Pool& windows, const Pass& pass, Area area) {
  Matrix y = pass.output_zeros();
  for_each_window(windows, pass, [&](Index sample, Index out, const Covered& covered) {
    Sum sum;
    for (const Index element : covered.elements) {
      sum.add(pass.x()(sample, element));
    }
    y(sample, out) = sum.get(pass.contract()) / area(covered);
  });
  allow_layer_roundings(y, pass.contract());
  return y;
}

template <typename Pool, typename Area>
void spread(const Pool& windows, Pass& pass, Area area) {
  InputSums sums(pass);
  for_each_window(windows, pass, [&](Index sample, Index out, const Covered& covered) {
    const Ball share = pass.dy()(sample, out) / area(covered);
    for (const Index element : covered.elements) {
      sums.add(sample, element, share);
    }
  });
  pass.give_input(sums.rounded());
}

Ball elements(const Covered& covered) { return {static_cast<int>(std::ssize(covered.elements))}; }
Ball places(const Covered& covered) { return {static_cast<int>(covered.places)}; }

}  // namespace

Matrix forward(const AveragePool& pool, const Pass& pass) {
  return average(pool.window, pass, pool.count_padding ? places : elements);
}
void backward(const AveragePool& pool, Pass& pass) {
  spread(pool.window, pass, pool.count_padding ? places : elements);
}

Matrix forward(const AdaptiveAveragePool& pool, const Pass& pass) { return average(pool, pass, elements); }
void backward(const AdaptiveAveragePool& pool, Pass& pass) { spread(pool, pass, elements); }

}  // namespace relu0::oracle
