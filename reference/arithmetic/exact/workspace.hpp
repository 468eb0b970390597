#pragma once
#include "reference/arithmetic/exact/fixed_point.hpp"
#include "reference/arithmetic/exact/row_bounds.hpp"
#include "reference/arithmetic/product.hpp"

#include <memory>
#include <mutex>
#include <vector>

namespace relu0::reference {

/// What one thread works with.
struct Scratch {
  Digits digits;
  Buffer residues;
  Buffer product;
  RowBounds bounds;
  Buffer of_resident_radii;
  Buffer of_passing_radii;
};

/// The operand that stays while the other passes: for as many of its rows as fit.
struct Resident {
  Buffer residues;
  RowBounds bounds;
};

/// Things that nobody works with at the moment.
template <typename Thing>
class Pool {
 public:
  std::unique_ptr<Thing> take() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      return std::make_unique<Thing>();
    }
    std::unique_ptr<Thing> thing = std::move(free_.back());
    free_.pop_back();
    return thing;
  }
  void give_back(std::unique_ptr<Thing> thing) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(thing));
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Thing>> free_;
};

class ProductWorkspace {
 public:
  Pool<Scratch> scratches;
  Pool<Resident> residents;
};

}  // namespace relu0::reference
