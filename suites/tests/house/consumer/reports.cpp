#include <filesystem>
#include <iostream>

#include <relu0/reports/store/store.hpp>
#include <relu0/reports/writers/writers.hpp>

int main() {
  const std::filesystem::path file = "consumer-reports.sqlite";
  std::filesystem::remove(file);
  {
    relu0::Store store = relu0::Store::open_for_run(file);
    store.set_run_info({.command = "consumer", .scale = "quick", .seed = 1});
    store.record({.key = "key", .draw = 7, .values = {{"impacted", 3}}});
  }
  const relu0::Store store = relu0::Store::open_for_reading(file);
  const auto measurements = store.stored_draws("key");
  const bool kept = measurements.size() == 1 && measurements.front().draw == 7 &&
                    measurements.front().values.at("impacted") == 3;
  std::cout << relu0::markdown_summary(store);
  return kept && relu0::html_report(store).find("consumer") != std::string::npos ? 0 : 1;
}
