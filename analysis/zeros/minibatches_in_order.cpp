#include "analysis/zeros/minibatches_in_order.hpp"

#include "fixtures/error.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace relu0 {

void for_each_minibatch(const Dataset& dataset, std::int64_t images, std::int64_t batch_size,
                        std::string_view purpose, const std::function<bool(const Batch&)>& look) {
  if (batch_size < 1 || images < 1 || images > dataset.size()) {
    throw InputError(
        fmt::format("cannot {} in mini-batches of {} over {} images: need at least one of each, and data set "
                    "'{}' holds {} images",
                    purpose, batch_size, images, dataset.name, dataset.size()));
  }
  for (std::int64_t first = 0; first < images; first += batch_size) {
    if (!look(make_batch(dataset, first, std::min(batch_size, images - first)))) {
      return;
    }
  }
}

}  // namespace relu0
