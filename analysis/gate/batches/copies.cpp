#include "analysis/gate/batches/copies.hpp"

#include "fixtures/data/files/digest.hpp"

#include <optional>
#include <set>
#include <string>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

bool is_plain(const c10::IValue& value) {
  return value.isTensor() && (!value.toTensor().defined() || value.toTensor().layout() == at::kStrided);
}

void add(Sha256& digest, const at::Tensor& tensor) {
  const std::string kind =
      tensor.defined() ? fmt::format("{}{};", toString(tensor.scalar_type()), fmt::join(tensor.sizes(), "x"))
                       : "none;";
  digest.update({reinterpret_cast<const std::uint8_t*>(kind.data()), kind.size()});
  if (tensor.defined()) {
    const at::Tensor numbers = tensor.contiguous();
    digest.update({static_cast<const std::uint8_t*>(numbers.data_ptr()), numbers.nbytes()});
  }
}

/// What two mini-batches have alike where all their bits are; absent where that cannot be told.
std::optional<std::string> digest_of(const ScriptBatch& batch) {
  Sha256 digest;
  for (const c10::IValue& input : batch.inputs) {
    if (!is_plain(input)) {
      return std::nullopt;
    }
    add(digest, input.toTensor());
  }
  add(digest, batch.target);
  return digest.finish();
}

}  // namespace

std::int64_t count_copies(const std::vector<ScriptBatch>& batches) {
  std::set<std::string> different;
  std::int64_t copies = 0;
  for (const ScriptBatch& batch : batches) {
    const auto digest = digest_of(batch);
    copies += digest && !different.insert(*digest).second ? 1 : 0;
  }
  return copies;
}

}  // namespace relu0
