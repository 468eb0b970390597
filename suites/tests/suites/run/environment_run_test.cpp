// Runs of the executable in processes whose environment decides how they compute.
#include "reports/store/store.hpp"
#include "suites/command_line/exit_code.hpp"
#include "suites/tests/suites/run/idx_files.hpp"
#include "suites/tests/suites/run/process/relu0_process.hpp"
#include "suites/tests/temporary_folder.hpp"

#include <fstream>
#include <memory>

#include <gmock/gmock.h>

namespace relu0 {
namespace {

using test::ProcessEnd;
using test::run_relu0;
using test::TemporaryFolder;
using test::Variables;
using ::testing::HasSubstr;
using ::testing::Not;

/// One network each at a few images: as little as a run can measure.
ProcessEnd smallest_run(const std::filesystem::path& out, const Variables& variables = {},
                        const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments{"run",        "precision",  "--images",        "100",
                                     "--networks", "1",          "--fp64-networks", "1",
                                     "--out",      out.string(), "--data",          test::few_images()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_relu0(arguments, {}, variables);
}

/// What doctor says of the machine. Of data sets that are damaged, which spares it drawing 100,000 images and
/// more.
ProcessEnd doctor(const Variables& variables) {
  const TemporaryFolder folder;
  for (const char* file : {"train-images-idx3-ubyte", "data_batch_1.bin", "train_32x32.mat"}) {
    std::ofstream(folder.path() / file) << "damaged";
  }
  return run_relu0({"doctor", "--data", folder.path()}, {}, variables);
}

std::filesystem::path store_in(const TemporaryFolder& folder) { return folder.path() / "results.sqlite"; }

ProcessEnd compare(const TemporaryFolder& a, const TemporaryFolder& b) {
  return run_relu0({"compare", store_in(a), store_in(b)});
}

Environment environment_in(const TemporaryFolder& folder) {
  return Store::open_for_reading(store_in(folder)).environment();
}

/// What a library is loaded with; the sanitizers want to be first otherwise.
Variables preloading(const std::string& library) {
  return {{"LD_PRELOAD", library}, {"ASAN_OPTIONS", "verify_asan_link_order=0:detect_leaks=0"}};
}

#if defined(__x86_64__)

/// A variable that makes a library use kernels that differ from those of any machine of this century's second
/// decade, and the facts that have to say so.
struct Steering {
  std::string variable;
  std::string value;
  std::string effect;  ///< the fact that names the effective instruction set
};

void PrintTo(const Steering& steering, std::ostream* out) { *out << steering.variable; }

const std::vector<std::string> by_libraries{"--kernel", "native"};

class SteeredRun : public ::testing::TestWithParam<Steering> {
 protected:
  static void SetUpTestSuite() {
    usual_ = std::make_unique<TemporaryFolder>();
    ASSERT_EQ(smallest_run(usual_->path(), {}, by_libraries).exit_code, exit_pass);
  }
  static void TearDownTestSuite() { usual_.reset(); }

  /// The store of a run without any of the variables. No case adds to it: what would continue it is refused.
  static const TemporaryFolder& usual() { return *usual_; }

 private:
  inline static std::unique_ptr<TemporaryFolder> usual_;
};

/// Whether this LibTorch's library says which instruction set it uses, or is the one that a variable steers:
/// official builds have MKL for BLAS, and a oneDNN inside whose functions nobody else can call.
bool says_its_instruction_set(const Environment& environment, const std::string& fact) {
  const std::string& value = environment.at(fact);
  return fact == "BLAS" ? value.find("OpenBLAS") != std::string::npos
                        : value.find("unknown instruction set") == std::string::npos;
}

TEST_P(SteeredRun, IsToldApartByNameAndNotMixed) {
  const Steering& steering = GetParam();
  const Variables variables{{steering.variable, steering.value}};
  const std::string by_variable = "variable " + steering.variable;
  const TemporaryFolder steered;
  ASSERT_EQ(smallest_run(steered.path(), variables, by_libraries).exit_code, exit_pass);
  EXPECT_EQ(environment_in(usual()).at(by_variable), "absent");
  EXPECT_EQ(environment_in(steered).at(by_variable), steering.value);
  // The variable alone keeps stores apart where the library says nothing.
  const bool says_effect = says_its_instruction_set(environment_in(usual()), steering.effect);
  EXPECT_EQ(environment_in(usual()).at(steering.effect) != environment_in(steered).at(steering.effect),
            says_effect)
      << "the library was not asked for its effective instruction set";

  const ProcessEnd continued = smallest_run(usual().path(), variables, by_libraries);
  EXPECT_EQ(continued.exit_code, exit_environment);
  if (says_effect) {
    EXPECT_THAT(continued.output, HasSubstr(steering.effect + " was '"));
  }
  EXPECT_THAT(continued.output, HasSubstr(by_variable + " was 'absent' and is '" + steering.value + "'"));
  EXPECT_THAT(continued.output, HasSubstr("or set the variables as they were"));
  EXPECT_THAT(continued.output, Not(HasSubstr("--accept"))) << "what differs cannot be accepted";
  EXPECT_EQ(smallest_run(steered.path(), variables, by_libraries).exit_code, exit_pass)
      << "the same variable continues";

  const ProcessEnd compared = compare(usual(), steered);
  EXPECT_THAT(compared.output, HasSubstr("Environments: different"));
  if (says_effect) {
    EXPECT_THAT(compared.output, HasSubstr("  " + steering.effect + ": "));
  }
  EXPECT_THAT(compared.output, HasSubstr("  " + by_variable + ": absent -> " + steering.value));
}

const std::vector<Steering> steerings{{"DNNL_MAX_CPU_ISA", "SSE41", "oneDNN"},
                                      {"ONEDNN_MAX_CPU_ISA", "SSE41", "oneDNN"},
                                      {"OPENBLAS_CORETYPE", "Nehalem", "BLAS"},
                                      {"ATEN_CPU_CAPABILITY", "default", "LibTorch"}};

INSTANTIATE_TEST_SUITE_P(Libraries, SteeredRun, ::testing::ValuesIn(steerings),
                         [](const ::testing::TestParamInfo<Steering>& parameters) {
                           return parameters.param.variable;
                         });

TEST(Doctor, NamesTheVariablesThatSteerLibraries) {
  Variables variables;
  for (const Steering& steering : steerings) {
    variables[steering.variable] = steering.value;
  }
  const ProcessEnd end = doctor(variables);
  for (const Steering& steering : steerings) {
    EXPECT_THAT(end.output, HasSubstr("Variable set: " + steering.variable + "=" + steering.value));
  }
}

TEST(PortableKernels, HaveTheSameBitsWhateverTheLibrariesChoose) {
  const std::vector<std::string> portable{"--kernel", "portable", "--only", "precision=fp16,precision=fp32"};
  const Variables other_libraries{{"DNNL_MAX_CPU_ISA", "SSE41"}, {"OPENBLAS_CORETYPE", "Nehalem"}};
  const TemporaryFolder usual;
  const TemporaryFolder steered;
  const ProcessEnd run = smallest_run(usual.path(), {}, portable);
  ASSERT_EQ(run.exit_code, exit_pass) << run.output;
  EXPECT_THAT(run.output, HasSubstr("relu0's portable kernels: each term by a fused multiply-add"));
  ASSERT_EQ(smallest_run(steered.path(), other_libraries, portable).exit_code, exit_pass);
  EXPECT_EQ(environment_in(usual).at("kernel"), "portable");
  EXPECT_FALSE(environment_in(usual).contains("BLAS"));
  const std::string unused_blas = "not used: BLAS";
  EXPECT_EQ(environment_in(usual).at(unused_blas) != environment_in(steered).at(unused_blas),
            environment_in(usual).at(unused_blas).find("OpenBLAS") != std::string::npos);
  const ProcessEnd compared = compare(usual, steered);
  EXPECT_EQ(compared.exit_code, exit_pass) << "every draw is the same\n" << compared.output;
  EXPECT_THAT(compared.output, HasSubstr("Environments: the same"));
  EXPECT_EQ(smallest_run(usual.path(), other_libraries, portable).exit_code, exit_pass)
      << "what was not used need not be the same";
  // The loss is LibTorch's own.
  const ProcessEnd other_loss = smallest_run(usual.path(), {{"ATEN_CPU_CAPABILITY", "default"}}, portable);
  EXPECT_EQ(other_loss.exit_code, exit_environment) << other_loss.output;
  EXPECT_THAT(other_loss.output, HasSubstr("LibTorch was '"));
}

TEST(Kernels, AreNotMixedInAStore) {
  const std::vector<std::string> bias_last{"--kernel", "bias-last"};
  const TemporaryFolder folder;
  ASSERT_EQ(smallest_run(folder.path()).exit_code, exit_pass);
  const ProcessEnd other = smallest_run(folder.path(), {}, bias_last);
  EXPECT_EQ(other.exit_code, exit_environment);
  EXPECT_THAT(other.output, HasSubstr("kernel was 'portable:winograd' and is 'bias-last'"));
  EXPECT_THAT(other.output, HasSubstr("Choose another --out, or give --kernel portable:winograd"));
  const TemporaryFolder second;
  ASSERT_EQ(smallest_run(second.path(), {}, bias_last).exit_code, exit_pass);
  EXPECT_EQ(smallest_run(second.path()).exit_code, exit_environment);
  EXPECT_THAT(compare(folder, second).output, HasSubstr("  kernel: portable:winograd -> bias-last"));
}

TEST(FlushToZero, IsRecordedComparedAndShown) {
  const Variables flushing = preloading(RELU0_FLUSH_TO_ZERO);
  const TemporaryFolder usual;
  const TemporaryFolder flushed;
  ASSERT_EQ(smallest_run(usual.path()).exit_code, exit_pass);
  const ProcessEnd run = smallest_run(flushed.path(), flushing);
  ASSERT_EQ(run.exit_code, exit_pass) << run.output;
  EXPECT_THAT(run.output, HasSubstr("Measured with flush-to-zero on"));
  EXPECT_EQ(environment_in(flushed).at("flush-to-zero"), "on");
  EXPECT_EQ(environment_in(flushed).at("denormals-are-zero"), "on");
  EXPECT_EQ(environment_in(usual).at("flush-to-zero"), "off");
  EXPECT_THAT(compare(usual, flushed).output, HasSubstr("  flush-to-zero: off -> on"));
  EXPECT_EQ(smallest_run(usual.path(), flushing).exit_code, exit_environment);
  EXPECT_THAT(doctor(flushing).output, HasSubstr("flush-to-zero on, denormals-are-zero on\n  -> "));
}

#endif

TEST(RoundingMode, OtherThanToNearestIsRefused) {
  const TemporaryFolder folder;
  const ProcessEnd end = smallest_run(folder.path(), preloading(RELU0_ROUND_UPWARD));
  EXPECT_EQ(end.exit_code, exit_environment) << end.output;
  EXPECT_THAT(end.output, HasSubstr("rounds upward"));
  EXPECT_THAT(doctor(preloading(RELU0_ROUND_UPWARD)).output, HasSubstr("does not run in this rounding mode"));
}

TEST(Mpfr, WithoutThreadLocalStorageIsRefused) {
  const TemporaryFolder folder;
  const ProcessEnd end = smallest_run(folder.path() / "out", preloading(RELU0_MPFR_WITHOUT_THREADS));
  EXPECT_EQ(end.exit_code, exit_internal) << end.output;
  EXPECT_THAT(end.output, HasSubstr("built without thread-local storage"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "out"));
  EXPECT_THAT(doctor(preloading(RELU0_MPFR_WITHOUT_THREADS)).output, HasSubstr("not thread-safe\n  -> "));
}

/// Makes of a store what an earlier version of relu0 would have written: it recorded these facts only.
void make_older(const std::filesystem::path& file) {
  Store store = Store::open_for_run(file);
  Environment older;
  for (const auto& [fact, value] : store.environment()) {
    if (fact == "processor" || fact == "processor cores" || fact == "device" || fact == "BLAS" ||
        fact == "BLAS threads" || fact == "LibTorch" || fact == "compiler" || fact == "build type" ||
        fact.starts_with("relu0") || fact.starts_with("data ") || fact.starts_with("precision ")) {
      older[fact] = value;
    }
  }
  store.set_environment(older);
}

TEST(OlderStore, IsReadComparedAndContinuedOnRequestOnly) {
  const TemporaryFolder older;
  const TemporaryFolder newer;
  // There was no other kernel than LibTorch's.
  ASSERT_EQ(smallest_run(older.path(), {}, {"--kernel", "native"}).exit_code, exit_pass);
  ASSERT_EQ(smallest_run(newer.path(), {}, {"--kernel", "native"}).exit_code, exit_pass);
  make_older(store_in(older));

  const ProcessEnd report = run_relu0({"report", "--out", older.path()});
  EXPECT_EQ(report.exit_code, exit_pass);
  EXPECT_THAT(report.output, HasSubstr("does not record, for all of its measurements"));
  EXPECT_THAT(report.output, HasSubstr("oneDNN"));
  ProcessEnd compared = compare(older, newer);
  EXPECT_EQ(compared.exit_code, exit_pass) << "every draw is the same\n" << compared.output;
  EXPECT_THAT(compared.output, HasSubstr("Environments: not known to be the same"));
  EXPECT_THAT(compared.output, HasSubstr("oneDNN"));

  const std::vector<std::string> more{"--kernel", "native", "--seed", "7"};
  const ProcessEnd refused = smallest_run(older.path(), {}, more);
  EXPECT_EQ(refused.exit_code, exit_environment);
  EXPECT_THAT(refused.output, HasSubstr("did not record"));
  EXPECT_THAT(refused.output, HasSubstr("oneDNN"));
  EXPECT_THAT(refused.output, HasSubstr("--accept-unrecorded-environment"));

  const ProcessEnd accepted = smallest_run(
      older.path(), {}, {"--kernel", "native", "--seed", "7", "--accept-unrecorded-environment"});
  ASSERT_EQ(accepted.exit_code, exit_pass) << accepted.output;
  EXPECT_THAT(accepted.output, HasSubstr("nobody knows whether they share")) << "the report's notes say so";
  EXPECT_THAT(environment_in(older).at("not recorded at first"), HasSubstr("oneDNN"));
  EXPECT_TRUE(environment_in(older).contains("continued 1"));
  EXPECT_EQ(smallest_run(older.path(), {}, more).exit_code, exit_pass) << "accepted once is enough";
  compared = compare(older, newer);
  EXPECT_THAT(compared.output, HasSubstr("Environments: not known to be the same")) << compared.output;
}

TEST(OlderStore, WithOtherDrawsIsNotComparedInSilence) {
  const TemporaryFolder older;
  const TemporaryFolder newer;
  ASSERT_EQ(smallest_run(newer.path(), {}, {"--kernel", "native"}).exit_code, exit_pass);
  {
    const Store original = Store::open_for_reading(store_in(newer));
    Store changed = Store::open_for_run(store_in(older));
    changed.set_environment(original.environment());
    for (const std::string& key : original.keys()) {
      for (StoredDraw measurement : original.stored_draws(key)) {
        measurement.values["images"] = -1;
        changed.record(measurement);
      }
    }
    changed.replace_results(original.results());
  }
  EXPECT_EQ(compare(older, newer).exit_code, exit_failed) << "the same environment, other draws";
  make_older(store_in(older));
  const ProcessEnd compared = compare(older, newer);
  EXPECT_EQ(compared.exit_code, exit_environment) << compared.output;
  EXPECT_THAT(compared.output, HasSubstr("Nobody knows whether draws differ because the environments do"));
}

TEST(Run, OnAnotherNumberOfCoresContinuesAndSaysSo) {
  const TemporaryFolder folder;
  ASSERT_EQ(smallest_run(folder.path()).exit_code, exit_pass);
  const std::string cores = environment_in(folder).at("processor cores");
  {
    Store store = Store::open_for_run(store_in(folder));
    Environment environment = store.environment();
    environment["processor cores"] = "4096";
    store.set_environment(environment);
  }
  const ProcessEnd end = smallest_run(folder.path());
  EXPECT_EQ(end.exit_code, exit_pass) << end.output;
  EXPECT_EQ(environment_in(folder).at("processor cores"), "4096");
  EXPECT_EQ(environment_in(folder).at("continued 1"), "processor cores " + cores);
}

}  // namespace
}  // namespace relu0
