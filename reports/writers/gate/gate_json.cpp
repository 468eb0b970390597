#include "reports/codec/gate_fields.hpp"
#include "reports/writers/gate/gate_writers.hpp"
#include "reports/writers/ordered_objects.hpp"

#include <string>

namespace relu0 {

std::string gate_json(const gate::Judgement& judgement) {
  nlohmann::ordered_json document;
  document["format"] = "relu0 gate";
  document["version"] = 1;
  document.update(object_of(judgement));
  document["checks"] = objects_of(judgement.checks);
  document["kinks"] = objects_of(judgement.kinks);
  return document.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace relu0
