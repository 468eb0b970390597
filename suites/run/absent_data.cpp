#include "suites/run/absent_data.hpp"

#include "fixtures/data/files/data_folder.hpp"
#include "fixtures/data/sets/near_misses.hpp"
#include "fixtures/error.hpp"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace relu0 {

namespace {

/// "no SVHN in /data: get it with ci/fetch-data svhn; /data/extra.tar was not used: ...".
std::string absence(const DatasetDescription& set, const std::filesystem::path& folder) {
  std::string text = fmt::format("no {} in {}: {}", set.title, folder.string(), set.remedy);
  for (const RefusedFile& near_miss : find_near_misses(set, folder)) {
    text += fmt::format("; {} was not used: {}", near_miss.file, near_miss.reason);
  }
  return text;
}

}  // namespace

AbsentData absent_data(const std::set<DataName>& wanted, const DataRequest& request) {
  AbsentData absent;
  if (!request.folder || request.allow_embedded) {
    return absent;
  }
  require_folder(*request.folder);
  std::vector<std::string> reasons;
  std::vector<std::string> at_hand;
  for (const DataName data : wanted) {
    if (!is_at_hand(*data, *request.folder)) {
      reasons.push_back(absence(*data, *request.folder));
      absent[data] = fmt::format("{} (--allow-embedded measures on embedded images instead)", reasons.back());
    } else {
      at_hand.push_back(fmt::format("data={}", data->title));
    }
  }
  if (!absent.empty() && (request.named_experiments || absent.size() == wanted.size())) {
    throw InputError(fmt::format(
        "{}\n{}--allow-embedded measures on embedded images in place of what is not there; without --data "
        "and "
        "RELU0_DATA_DIR all images are embedded ones",
        fmt::join(reasons, "\n"),
        at_hand.empty() ? ""
                        : fmt::format("--only {} leaves out what needs them; ", fmt::join(at_hand, ","))));
  }
  return absent;
}

}  // namespace relu0
