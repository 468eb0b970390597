// Archives that no writer of PyTorch makes, for models and for mini-batches: each is refused by name before
// LibTorch sees it.
#include "analysis/gate/batches/saved_values.hpp"
#include "analysis/torchscript/archive/archive_check.hpp"
#include "analysis/torchscript/archive/zip_records.hpp"
#include "suites/tests/analysis/torchscript/script_models.hpp"
#include "suites/tests/input_error.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <algorithm>

#include <ATen/ops/arange.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <zip.h>

namespace relu0 {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

struct ZipEntry {
  std::string name;
  std::string content;
  std::uint32_t mode = S_IFREG | 0644U;
};
using ZipEntries = std::vector<ZipEntry>;

ZipEntries entries_of(const fs::path& file) {
  const ZipArchive archive(file, bytes_of_file(file, ""));
  ZipEntries result;
  for (const ZipRecord& record : archive.records()) {
    result.push_back({record.name, archive.content(record)});
  }
  return result;
}

void write_zip(const fs::path& file, const ZipEntries& entries) {
  int error = 0;
  zip_t* zip = zip_open(file.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &error);
  ASSERT_NE(zip, nullptr) << error;
  for (const ZipEntry& entry : entries) {
    zip_source_t* source = zip_source_buffer(zip, entry.content.data(), entry.content.size(), 0);
    const zip_int64_t index = zip_file_add(zip, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
    ASSERT_GE(index, 0) << entry.name;
    const auto at = static_cast<zip_uint64_t>(index);
    zip_set_file_compression(zip, at, ZIP_CM_STORE, 0);
    zip_file_set_external_attributes(zip, at, 0, ZIP_OPSYS_UNIX, entry.mode << 16U);
  }
  ASSERT_EQ(zip_close(zip), 0);
}

/// A model and mini-batches, and what is said of each once its archive has been changed.
class HostileArchives : public testing::Test {
 protected:
  HostileArchives() {
    test::module_of("  return ((x + self.b) * self.c).sum()\n", {1, 2, 3}).save(model());
    gate::write_saved_values(at::arange(12).to(at::kDouble), batches());
  }

  [[nodiscard]] fs::path model() const { return folder_.path() / "model.pt"; }
  [[nodiscard]] fs::path batches() const { return folder_.path() / "batches.pt"; }

  template <typename Change>
  [[nodiscard]] std::string of_model(const Change& change) const {
    rewrite(model(), change);
    return test::input_error_of([this] { (void)ScriptModel(changed()); });
  }
  template <typename Change>
  [[nodiscard]] std::string of_batches(const Change& change) const {
    rewrite(batches(), change);
    return test::input_error_of([this] { (void)gate::read_saved_values(changed()); });
  }
  [[nodiscard]] fs::path changed() const { return folder_.path() / "changed.pt"; }

  template <typename Change>
  void rewrite(const fs::path& file, const Change& change) const {
    ZipEntries entries = entries_of(file);
    change(entries);
    write_zip(changed(), entries);
  }

 private:
  test::TemporaryFolder folder_;
};

ZipEntry& entry_at_end(ZipEntries& entries, const std::string& end) {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&end](const ZipEntry& entry) { return entry.name.ends_with(end); });
  EXPECT_NE(found, entries.end()) << end;
  return *found;
}

TEST_F(HostileArchives, AreReadWhereNothingWasChanged) {
  rewrite(model(), [](ZipEntries& /*entries*/) {});
  EXPECT_NO_THROW((void)ScriptModel(changed()));
  rewrite(batches(), [](ZipEntries& /*entries*/) {});
  EXPECT_NO_THROW((void)gate::read_saved_values(changed()));
  // As other writers pack folders, which are records of their own.
  rewrite(model(), [](ZipEntries& entries) {
    const std::string folder = entries.front().name.substr(0, entries.front().name.find('/') + 1);
    entries.push_back({folder, "", S_IFDIR | 0755U});
  });
  EXPECT_NO_THROW((void)ScriptModel(changed()));
}

TEST_F(HostileArchives, DoNotMakeTensorsOfWhatStandsBehindTheirNumbers) {
  const auto shorten = [](ZipEntries& entries) { entry_at_end(entries, "data/0").content.resize(8); };
  EXPECT_THAT(of_model(shorten), AllOf(HasSubstr("changed.pt: truncated or damaged archive"),
                                       HasSubstr("bytes of the record 'data/0', which has 8")));
  EXPECT_THAT(of_batches(shorten), HasSubstr("96 bytes of the record 'data/0', which has 8"));
  const auto remove = [](ZipEntries& entries) {
    std::erase_if(entries, [](const ZipEntry& entry) { return entry.name.ends_with("data/0"); });
  };
  EXPECT_THAT(of_model(remove), HasSubstr("the record 'data/0', which is missing"));
  EXPECT_THAT(of_batches(remove), HasSubstr("the record 'data/0', which is missing"));
  // LibTorch's reader takes one of two names that differ in the case of letters only.
  const auto hide = [](ZipEntries& entries) {
    std::string name = entry_at_end(entries, "data/0").name;
    name[name.size() - 2 - 4] = 'D';
    entries.push_back({name, "short"});
  };
  EXPECT_THAT(of_model(hide), HasSubstr("has two records 'data/0'"));
  EXPECT_THAT(of_batches(hide), HasSubstr("has two records 'data/0'"));
  const auto damage = [](ZipEntries& entries) { entry_at_end(entries, "data.pkl").content[2] = '\xff'; };
  EXPECT_THAT(of_model(damage), HasSubstr("its pickle has the opcode 0xff"));
  EXPECT_THAT(of_batches(damage), HasSubstr("its pickle has the opcode 0xff"));
}

TEST_F(HostileArchives, OfRecordsThatLeadElsewhereAreRefused) {
  for (const char* name : {"../evil", "model/../../evil", "/etc/evil", "model\\..\\evil"}) {
    const std::string error = of_model([name](ZipEntries& entries) { entries.push_back({name, "x"}); });
    EXPECT_THAT(error, AllOf(HasSubstr("changed.pt: the name of the record '" + std::string(name)),
                             HasSubstr("leads out of the archive's folder")));
  }
  EXPECT_THAT(of_model([](ZipEntries& entries) {
                entries.push_back({"model/link", "/etc/passwd", S_IFLNK | 0777U});
              }),
              HasSubstr("the record 'model/link' of the archive is a link or a device"));
  EXPECT_THAT(of_model([](ZipEntries& entries) {
                entries.push_back({"model/pipe", "", S_IFIFO | 0644U});
              }),
              HasSubstr("is a link or a device"));
}

}  // namespace
}  // namespace relu0
