#pragma once

#include <vector>

#include "operation.h"

namespace sd {

// Makes batch normalisation and its gradient known to TensorFlow; their names.
std::vector<const char*> RegisterBatchNorm(TF_Status* status);

}  // namespace sd
