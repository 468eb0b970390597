#include "suites/measurements/kinds.hpp"

#include "suites/measurements/divergence.hpp"
#include "suites/measurements/reference_error.hpp"
#include "suites/measurements/stream.hpp"
#include "suites/measurements/sweep.hpp"
#include "suites/measurements/zero_origins.hpp"
#include "suites/measurements/zeros_in_training.hpp"
#include "suites/measurements/zone_shape.hpp"

#include <memory>

namespace relu0 {

const Measurements& kinds_of_measurement() {
  static const Measurements kinds{
      std::make_shared<Sweep>(),            //
      std::make_shared<Stream>(),           //
      std::make_shared<Divergence>(),       //
      std::make_shared<ZerosInTraining>(),  //
      std::make_shared<ReferenceError>(),   //
      std::make_shared<ZeroOrigins>(),      //
      std::make_shared<ZoneShape>(),        //
  };
  return kinds;
}

}  // namespace relu0
